import { ApiResponse } from '@nestjs/swagger';
import { Type } from 'typebox';
import type { TObject, TProperties, TSchema, TUnion } from 'typebox';

const closed = { additionalProperties: false } as const;

/** An object of an answer, which has these fields and no others. */
export function answer<Fields extends TProperties>(fields: Fields): TObject<Fields> {
  return Type.Object(fields, closed);
}

/** An object of an answer with a name of its own in the API's description. */
export function named<Fields extends TProperties>(name: string, fields: Fields): TObject<Fields> {
  return Type.Object(fields, { ...closed, $id: name });
}

/** A field that is null where there is nothing to say. */
export function orNull<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** Where the next page of a list begins; left out on its last page. */
export const NextCursor = Type.Optional(
  Type.String({ description: 'Give it as `cursor` for the next page; left out on the last.' }),
);

/** How a route's answer looks where it does what it is asked. */
export interface Described {
  readonly status?: number | '2XX';
  readonly says?: string;
  readonly media?: string;
  /** What it is in other media, for whoever asks for one. */
  readonly also?: Readonly<Record<string, TSchema>>;
}

/** Describes the answer of a route, for the API's description. */
export function Answers(schema: TObject | TUnion | TSchema, described: Described = {}) {
  const { status = 200, says = 'As asked.', media = 'application/json', also = {} } = described;
  const others = Object.entries(also).map(([other, of]) => [other, { schema: of }] as const);
  const content = { [media]: { schema }, ...Object.fromEntries(others) };
  return ApiResponse({ status, description: says, content });
}
