import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

import { isJsonObject } from '#kernel';
import type { Json, JsonObject } from '#kernel';

const DESCRIPTION =
  'A customer register whose every change is an event that nobody can alter unseen, and from which ' +
  'every person can be erased all the same.';

/** The API's description (OpenAPI 3.1, whose schemas are JSON Schema). */
export function describeApi(app: INestApplication): JsonObject {
  const config = new DocumentBuilder()
    .setTitle('Privacy Ledger')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth()
    .build();
  // An OpenAPI document is JSON; this drops what is undefined.
  const text = JSON.stringify(SwaggerModule.createDocument(app, config));
  const named: Record<string, Json> = { ProblemDetails };
  const document = lift(JSON.parse(text) as JsonObject, named);
  const { components } = document;
  const known = isJsonObject(components) ? components : {};
  const schemas = { ...(isJsonObject(known.schemas) ? known.schemas : {}), ...named };
  return { ...document, components: { ...known, schemas } };
}

/** Gives schemas that have a name their place among the components; says "or null" as 3.1 does. */
function lift(value: JsonObject, named: Record<string, Json>): JsonObject {
  const { $id, nullable, ...rest } = value;
  const schema: JsonObject = Object.fromEntries(
    Object.entries(rest).map(([name, field]) => [name, liftAny(field, named)]),
  );
  if (typeof $id === 'string') {
    named[$id] = schema;
    return { $ref: `#/components/schemas/${$id}` };
  }
  if (nullable !== true) return schema;
  const { description, ...bare } = schema;
  const says = description === undefined ? {} : { description };
  return { anyOf: [bare, { type: 'null' }], ...says };
}

function liftAny(value: Json | undefined, named: Record<string, Json>): Json {
  if (isJsonObject(value)) return lift(value, named);
  return Array.isArray(value) ? value.map((one: Json) => liftAny(one, named)) : (value ?? null);
}

const FieldError = {
  type: 'object',
  required: ['field', 'rule', 'hint'],
  properties: {
    field: { type: 'string', description: 'Path of the field; never its value.' },
    rule: { type: 'string' },
    hint: { type: 'string' },
  },
};

const ProblemDetails = {
  type: 'object',
  description: 'RFC 9457. `type` is the address of a page about it.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', example: '/problems/changed-meanwhile' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Stable.' },
    errors: { type: 'array', items: FieldError },
  },
};
