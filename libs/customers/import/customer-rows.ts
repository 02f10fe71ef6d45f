import type { Changes } from '../commands.js';
import type { Affiliation, Contact, Identity, PostalAddress } from '../personal.js';
import type { CustomerCategory } from '../vocabulary.js';
import { BadCell, Cells, readingRow } from './cells.js';
import type { RowProblem } from './cells.js';
import type { Columns } from './columns.js';
import type { CustomerMap } from './map.js';

/** A row of customers. */
export interface CustomerRow {
  readonly kind: 'customers';
  /** What names the row within its source. */
  readonly key: string;
  readonly category: CustomerCategory;
  readonly identity: Identity;
  readonly contact?: Contact;
  readonly affiliation?: Affiliation;
  /** The same as changes: what the file has a column for and the row has not is removed. */
  readonly changes: {
    readonly identity?: Changes<Identity>;
    readonly contact?: Changes<Contact>;
    readonly affiliation?: Changes<Affiliation>;
  };
}

const IDENTITY = {
  customerNumber: 40,
  firstName: 200,
  lastName: 200,
  organisationName: 300,
  businessId: 40,
} as const satisfies Record<keyof Identity, number>;

const ADDRESS = {
  street: 300,
  postalCode: 40,
  city: 200,
  region: 200,
  country: 100,
} as const satisfies Record<keyof PostalAddress, number>;

/** Reads rows of customers. A row that cannot be taken says why, and quotes nothing. */
export function customerRows(
  map: CustomerMap,
  columns: Columns,
): (row: readonly string[]) => CustomerRow | RowProblem {
  return (row) =>
    readingRow(() => {
      const cells = new Cells(columns, row);
      const key = cells.at(columns.key, 200);
      if (key === undefined) throw new BadCell('key-missing', columns.headers[columns.key]);
      const category = categoryOf(map, columns, cells);
      return { kind: 'customers', key, category, ...valuesOf(cells) };
    });
}

/** The address in the columns of a row; undefined where all are empty. */
export function addressOf(cells: Cells): PostalAddress | undefined {
  return filled(readAll<PostalAddress>(cells, ADDRESS));
}

function valuesOf(cells: Cells): Omit<CustomerRow, 'kind' | 'key' | 'category'> {
  const identity = filled(readAll<Identity>(cells, IDENTITY)) ?? {};
  const { firstName, lastName, organisationName } = identity;
  if (firstName === undefined && lastName === undefined && organisationName === undefined) {
    throw new BadCell('name-missing');
  }
  const contactFields = contactOf(cells);
  const contact = filled(contactFields);
  const affiliation = affiliationOf(cells);
  const identityFields = present(cells, readAll<Identity>(cells, IDENTITY));
  const hasContact = Object.keys(contactFields).length > 0;
  return {
    identity,
    ...(contact === undefined ? {} : { contact }),
    ...(affiliation === undefined ? {} : { affiliation }),
    changes: {
      identity: identityFields,
      ...(hasContact ? { contact: contactFields } : {}),
      ...(cells.has('organisation') ? { affiliation: affiliationChanges(cells, affiliation) } : {}),
    },
  };
}

/** The contact fields that the file has columns for; null where the row leaves one empty. */
function contactOf(cells: Cells): Changes<Contact> {
  const hasAddress = Object.keys(ADDRESS).some((field) => cells.has(field));
  return {
    ...(cells.has('email') ? { email: cells.email('email') ?? null } : {}),
    ...(cells.has('phone') ? { phone: cells.text('phone', 60) ?? null } : {}),
    ...(hasAddress ? { address: addressOf(cells) ?? null } : {}),
  };
}

function affiliationOf(cells: Cells): Affiliation | undefined {
  const organisation = cells.text('organisation', 300);
  const title = cells.text('title', 200);
  if (organisation !== undefined)
    return { organisation, ...(title === undefined ? {} : { title }) };
  // A title says nothing of whom the person represents.
  if (title !== undefined) throw cells.missing('organisation', 'organisation-missing');
  return undefined;
}

function affiliationChanges(cells: Cells, now: Affiliation | undefined): Changes<Affiliation> {
  return {
    organisation: now?.organisation ?? null,
    ...(cells.has('title') ? { title: now?.title ?? null } : {}),
  };
}

function categoryOf(map: CustomerMap, columns: Columns, cells: Cells): CustomerCategory {
  if (typeof map.category === 'string') return map.category;
  const text = cells.at(columns.named.get(map.category.column) ?? -1, 300);
  if ('present' in map.category) {
    return text === undefined ? map.category.absent : map.category.present;
  }
  const category = map.category.values[text ?? ''];
  if (category === undefined) throw new BadCell('category-unknown', map.category.column);
  return category;
}

type Limits<Value> = Readonly<Record<keyof Value & string, number>>;

/** All fields of a value as the row has them; null where it has not. */
function readAll<Value>(cells: Cells, limits: Limits<Value>): Changes<Value> {
  const entries = Object.entries<number>(limits).map(([field, max]) => [
    field,
    cells.text(field, max) ?? null,
  ]);
  return Object.fromEntries(entries) as Changes<Value>;
}

/** What of it the file has columns for. */
function present<Value>(cells: Cells, changes: Changes<Value>): Changes<Value> {
  const entries = Object.entries(changes).filter(([field]) => cells.has(field));
  return Object.fromEntries(entries) as Changes<Value>;
}

/** What is not null of it; undefined where all is. */
function filled<Value>(changes: Changes<Value>): Value | undefined {
  const entries = Object.entries(changes).filter(([, value]) => value !== null);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Value);
}
