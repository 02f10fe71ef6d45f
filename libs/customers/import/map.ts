import { InvalidInput, isJsonObject } from '#kernel';
import { Type } from 'typebox';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { Currency } from '../personal.js';
import { CUSTOMER_CATEGORIES } from '../vocabulary.js';

const closed = { additionalProperties: false } as const;
const Column = Type.String({ minLength: 1, maxLength: 200 });
const Category = Type.Enum(CUSTOMER_CATEGORIES);

/** Fields of a customer that a column can fill. */
export const CUSTOMER_FIELDS = [
  'customerNumber',
  'firstName',
  'lastName',
  'organisationName',
  'businessId',
  'email',
  'phone',
  'street',
  'postalCode',
  'city',
  'region',
  'country',
  'organisation',
  'title',
] as const;
export type CustomerField = (typeof CUSTOMER_FIELDS)[number];

/** Fields of an invoice that a column can fill. The buyer is as printed on the invoice. */
export const INVOICE_FIELDS = [
  'number',
  'date',
  'dueDate',
  'settledOn',
  'total',
  'currency',
  'buyerName',
  'street',
  'postalCode',
  'city',
  'region',
  'country',
] as const;
export type InvoiceField = (typeof INVOICE_FIELDS)[number];

/** Encodings of a file; `auto` tells UTF-8 and Windows-1252 apart. */
export const ENCODINGS = ['auto', 'utf-8', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Signs between columns; `auto` takes the one that the first line has most of. */
export const DELIMITERS = ['auto', ',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** How the dates of a file are written; a time after the date is left out. */
export const DATE_FORMS = ['YYYY-MM-DD', 'D.M.YYYY', 'D/M/YYYY', 'M/D/YYYY'] as const;
export type DateForm = (typeof DATE_FORMS)[number];

const common = {
  /** Name of the register that the file comes from: part of every row's identity. */
  source: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' }),
  /** The column that names a row within its source, and never changes. */
  key: Type.Optional(Column),
  encoding: Type.Optional(Type.Enum(ENCODINGS)),
  delimiter: Type.Optional(Type.Enum(DELIMITERS)),
  /** Columns that are not taken, although their name is one that would be recognised. */
  ignore: Type.Optional(Type.Array(Column)),
};

const columnsOf = (fields: readonly string[]) =>
  Type.Optional(
    Type.Object(Object.fromEntries(fields.map((name) => [name, Type.Optional(Column)])), closed),
  );

/** A file in which every row is a customer. */
export const CustomerMap = Type.Object(
  {
    kind: Type.Literal('customers'),
    ...common,
    /** The same for all, or by whether a column holds something, or by what it holds. */
    category: Type.Union([
      Category,
      Type.Object({ column: Column, present: Category, absent: Category }, closed),
      Type.Object({ column: Column, values: Type.Record(Type.String(), Category) }, closed),
    ]),
    fields: columnsOf(CUSTOMER_FIELDS),
  },
  closed,
);

/** A file in which every row is an invoice, open where `settledOn` is empty or has no column. */
export const InvoiceMap = Type.Object(
  {
    kind: Type.Literal('invoices'),
    ...common,
    /** The customers' source, and the column that holds their row key in it. */
    customer: Type.Object({ source: common.source, key: Column }, closed),
    fields: columnsOf(INVOICE_FIELDS),
    /** Where no column has the currency. */
    currency: Type.Optional(Currency),
    dates: Type.Optional(Type.Enum(DATE_FORMS)),
    /** The sign before cents. Default: a point. */
    decimal: Type.Optional(Type.Enum(['.', ','])),
  },
  closed,
);

/** How the rows of a file become commands (examples/README.md). */
export type CustomerMap = Static<typeof CustomerMap>;
export type InvoiceMap = Static<typeof InvoiceMap>;
export type ImportMap = CustomerMap | InvoiceMap;

/** Reads a map. @throws InvalidInput naming the field that is wrong */
export function parseImportMap(json: unknown): ImportMap {
  if (!isJsonObject(json)) throw new InvalidInput('map', 'object', 'must be a JSON object');
  if (json.kind === 'customers') return checked(CustomerMap, json);
  if (json.kind === 'invoices') return checked(InvoiceMap, json);
  throw new InvalidInput('kind', 'enum', 'must be customers or invoices');
}

function checked<Schema extends TSchema>(schema: Schema, json: unknown): Static<Schema> {
  if (Value.Check(schema, json)) return json;
  throw problemOf(schema, json);
}

/** A union tells every branch's problems; the deepest is the one that was meant. */
function problemOf(schema: TSchema, json: unknown): InvalidInput {
  const found = Value.Errors(schema, json)
    .map((error) => {
      const path = error.instancePath.split('/').slice(1);
      if (error.keyword === 'additionalProperties') {
        const unknown = [...path, ...error.params.additionalProperties.slice(0, 1)];
        return { path: unknown, rule: 'unknown-field', hint: 'is not a field of a map' };
      }
      if (error.keyword === 'required') {
        const missing = [...path, ...error.params.requiredProperties.slice(0, 1)];
        return { path: missing, rule: 'required', hint: 'must be given' };
      }
      if (error.keyword === 'enum') {
        const allowed = error.params.allowedValues.map((one) => JSON.stringify(one)).join(', ');
        return { path, rule: 'enum', hint: `must be one of ${allowed}` };
      }
      return { path, rule: error.keyword, hint: error.message };
    })
    .filter(({ rule }) => rule !== 'boolean')
    .toSorted((a, b) => b.path.length - a.path.length);
  const [first] = found;
  return new InvalidInput(
    first === undefined || first.path.length === 0 ? 'map' : first.path.join('.'),
    first?.rule ?? 'form',
    first?.hint ?? 'does not have the form of a map',
  );
}
