import { readFile } from 'node:fs/promises';

import type { FastifyInstance, FastifyReply } from 'fastify';

import { answerOf, Problem, problemPage, PROBLEMS } from '#edge';
import type { JsonObject } from '#kernel';

import { apiPage } from './api-page.js';

const PUBLIC = 'public, max-age=300';

/** Where the build leaves the verifiers. Under a test runner this file is a source. */
const VERIFIERS = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/verifier/', import.meta.url)
  : new URL('../../verifier/', import.meta.url);
const VERIFIER_TYPES = {
  'verify.html': 'text/html; charset=utf-8',
  'verify.mjs': 'text/javascript; charset=utf-8',
} as const;

/**
 * Pages without a token, the same for all: the API's description, what each problem means, and the
 * verifiers, for whoever has been given a bundle or a copy of a receipt.
 */
export function serveDocuments(fastify: FastifyInstance, openApi: JsonObject): void {
  const json = JSON.stringify(openApi);
  const page = apiPage(openApi);
  fastify.get('/api/openapi.json', (_, reply) =>
    reply.header('cache-control', PUBLIC).type('application/json').send(json),
  );
  fastify.get('/api/docs', (_, reply) => html(reply, page));
  fastify.get<{ Params: { code: string } }>('/problems/:code', (request, reply) => {
    const { code } = request.params;
    const entry = Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : undefined;
    if (entry === undefined) return notThere(reply);
    const wantsJson = request.headers.accept?.includes('json') ?? false;
    return wantsJson
      ? reply.header('cache-control', PUBLIC).send({ code, ...entry })
      : html(reply, problemPage(code, entry));
  });
  for (const [name, type] of Object.entries(VERIFIER_TYPES)) serveVerifier(fastify, name, type);
}

/** The page names its own scripts and styles: the policy of answers would let none of them run. */
function serveVerifier(fastify: FastifyInstance, name: string, type: string): void {
  fastify.get(`/${name}`, async (_, reply) => {
    const program = await readFile(new URL(name, VERIFIERS));
    return reply
      .header('cache-control', PUBLIC)
      .header('content-security-policy', "frame-ancestors 'none'")
      .type(type)
      .send(program);
  });
}

function html(reply: FastifyReply, page: string): FastifyReply {
  return reply.header('cache-control', PUBLIC).type('text/html; charset=utf-8').send(page);
}

function notThere(reply: FastifyReply): FastifyReply {
  const { status, headers, body } = answerOf(new Problem('route-unknown', 'No such problem.'));
  return reply.code(status).headers(headers).send(JSON.stringify(body));
}
