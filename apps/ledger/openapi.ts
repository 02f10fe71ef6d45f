import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';

const DESCRIPTION =
  'A customer register whose every change is an event that nobody can alter unseen, and from which ' +
  'every person can be erased all the same.';

/** The API's description (OpenAPI 3). */
export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Privacy Ledger')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, config);
  const schemas = { ...document.components?.schemas, ProblemDetails };
  return { ...document, components: { ...document.components, schemas } };
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
