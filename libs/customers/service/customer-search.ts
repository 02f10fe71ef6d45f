import type { JsonObject, SubjectId } from '#kernel';
import type { Filter, Page, Scalar, Search, TokenOf } from '#views';

import { customersView } from '../views/customers-view.js';
import { foldEmail, foldNumber, foldPhone, queryPrefix, wordsOf } from '../views/search-words.js';
import type { Caller } from './caller.js';
import type { CustomerReading, CustomerShown } from './customer-reading.js';

/** What customers are searched by. Conditions are joined by "and". */
export interface SearchAsked {
  readonly email?: string;
  readonly phone?: string;
  readonly customerNumber?: string;
  /** Words of a person's name, each the beginning of one. */
  readonly name?: string;
  /** Words of an organisation's name, each the beginning of one. */
  readonly organisation?: string;
  readonly category?: string;
  readonly restricted?: boolean;
  readonly waiting?: boolean;
  readonly ended?: boolean;
}

/** A page of the answer. */
export interface Found {
  readonly customers: readonly CustomerShown[];
  /** How many documents match the tokens and filters. */
  readonly count: number;
  /** The place to go on from; undefined at the end. */
  readonly next?: { readonly value?: Scalar; readonly id: string };
}

/** Finds customers by blind tokens: never by looking through values. */
export class CustomerSearch {
  constructor(
    private readonly index: Search,
    private readonly reading: CustomerReading,
  ) {}

  /** Customers that match, newest registration first, with what the caller may see of them. */
  async search(caller: Caller, asked: SearchAsked, page: Page): Promise<Found> {
    const filter = (token: TokenOf) => filterOf(asked, token);
    const newestFirst: Page = { sort: { field: 'registeredAt', direction: -1 }, ...page };
    const [rows, count] = await Promise.all([
      this.index.find(customersView, filter, newestFirst),
      this.index.count(customersView, filter),
    ]);
    const shown = await this.reading.show(
      caller,
      rows.map((row) => ({ id: row.id as SubjectId, doc: row.doc })),
    );
    const last = rows.length === page.limit ? rows.at(-1) : undefined;
    return {
      customers: shown.filter((customer) => confirms(customer, asked)),
      count,
      ...(last === undefined ? {} : { next: { value: last.doc.registeredAt, id: last.id } }),
    };
  }

  /** Other customers with the same email or telephone. They are shown, and don't block. */
  async duplicates(
    subject: SubjectId,
    contact: { readonly email?: string; readonly phone?: string },
  ): Promise<readonly SubjectId[]> {
    if (contact.email === undefined && contact.phone === undefined) return [];
    const same = (token: TokenOf) => ({ $or: contactFilters(contact, token) });
    const rows = await this.index.find(customersView, same, { limit: 20 });
    return rows.map((row) => row.id as SubjectId).filter((id) => id !== subject);
  }
}

function contactFilters(
  { email, phone }: { readonly email?: string; readonly phone?: string },
  token: TokenOf,
): Filter[] {
  const by = (field: string, text: string): Filter => ({
    'tokens.contact': token(field, text),
  });
  return [
    ...(email === undefined ? [] : [by('email', foldEmail(email))]),
    ...(phone === undefined ? [] : [by('phone', foldPhone(phone))]),
  ];
}

function filterOf(asked: SearchAsked, token: TokenOf): Filter {
  const words = (text: string | undefined, one: (prefix: string) => Filter) =>
    prefixesAsked(text).map((prefix) => one(prefix));
  const conditions: Filter[] = [
    ...contactFilters(asked, token),
    ...(asked.customerNumber === undefined
      ? []
      : [{ 'tokens.identity': token('number', foldNumber(asked.customerNumber)) }]),
    ...words(asked.name, (prefix) => ({ 'tokens.identity': token('name', prefix) })),
    ...words(asked.organisation, (prefix) => ({
      $or: [
        { 'tokens.identity': token('organisation', prefix) },
        { 'tokens.affiliation': token('organisation', prefix) },
      ],
    })),
    ...(asked.category === undefined ? [] : [{ category: asked.category }]),
    ...(asked.restricted === undefined ? [] : [{ restricted: asked.restricted }]),
    ...(asked.waiting === undefined ? [] : [{ waiting: asked.waiting }]),
    ...(asked.ended === undefined ? [] : [{ ended: asked.ended ? { $ne: null } : null }]),
  ];
  return conditions.length === 0 ? {} : { $and: conditions };
}

/** A text without any word asks for the empty one, which nothing is found by. */
function prefixesAsked(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const words = wordsOf(text);
  return words.length === 0 ? [''] : words.map(queryPrefix);
}

/**
 * Tokens hold eight letters of a word at most; where a longer one was asked for, the opened value
 * decides. What cannot be opened was matched by its tokens alone.
 */
function confirms(customer: CustomerShown, asked: SearchAsked): boolean {
  const identity = presentValue(customer, 'identity');
  const affiliation = presentValue(customer, 'affiliation');
  return (
    begins(asked.name, identity, ['firstName', 'lastName']) &&
    (begins(asked.organisation, identity, ['organisationName']) ||
      begins(asked.organisation, affiliation, ['organisation']))
  );
}

function presentValue(
  customer: CustomerShown,
  category: 'identity' | 'affiliation',
): JsonObject | undefined {
  const shown = customer.values[category];
  return shown?.state === 'present' ? shown.value : undefined;
}

function begins(
  query: string | undefined,
  value: JsonObject | undefined,
  fields: readonly string[],
): boolean {
  if (query === undefined || value === undefined) return true;
  const text = fields.map((field) => value[field]).filter((part) => typeof part === 'string');
  const words = wordsOf(text.join(' '));
  return wordsOf(query).every((asked) => words.some((word) => word.startsWith(asked)));
}
