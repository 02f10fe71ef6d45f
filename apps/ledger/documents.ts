import type { FastifyInstance, FastifyReply } from 'fastify';

import { answerOf, Problem, problemPage, PROBLEMS } from '#edge';
import type { JsonObject } from '#kernel';

import { readVerifier, VERIFIERS, type Verifier } from '../composition/index.js';
import { apiPage } from './api-page.js';

const PUBLIC = 'public, max-age=300';

const TYPES: Readonly<Record<Verifier, string>> = {
  'verify.html': 'text/html; charset=utf-8',
  'verify.mjs': 'text/javascript; charset=utf-8',
};

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
  for (const name of VERIFIERS) serveVerifier(fastify, name);
}

/** The page names its own scripts and styles: the policy of answers would let none of them run. */
function serveVerifier(fastify: FastifyInstance, name: Verifier): void {
  fastify.get(`/${name}`, async (_, reply) => {
    const program = await readVerifier(name);
    return reply
      .header('cache-control', PUBLIC)
      .header('content-security-policy', "frame-ancestors 'none'")
      .type(TYPES[name])
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
