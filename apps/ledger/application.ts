import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';

import { answerOf, Problem } from '#edge';

import { AppModule } from './app.module.js';
import type { Standing } from './app.module.js';
import { BODY_LIMIT, readJsonBodies } from './bodies.js';
import { serveDocuments } from './documents.js';
import type { Metrics } from './metrics.js';
import { describeApi } from './openapi.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** The application, which answers requests that a server hands to it. */
export interface Application {
  readonly handler: Handler;
  close(): Promise<void>;
}

/**
 * Builds the application over an open ledger. The server it belongs to listens already, and goes on
 * answering health: the application takes requests when it is built.
 */
export async function buildApplication(
  server: Server,
  standing: Standing,
  metrics: Metrics,
): Promise<Application> {
  let handler: Handler | undefined;
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: false,
    routerOptions: { maxParamLength: 200 },
    serverFactory: (given: Handler) => {
      handler = given;
      return server;
    },
    frameworkErrors: (_: unknown, __: unknown, reply: FastifyReply) => {
      const { status, headers, body } = answerOf(malformedAddress());
      void reply.code(status).headers(headers).send(JSON.stringify(body));
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.over(standing), adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  await fastify.register(helmet, security(standing.ledger.settings.secure));
  readJsonBodies(fastify);
  keepNothing(fastify);
  logRequests(fastify, standing, metrics);
  serveDocuments(fastify, describeApi(app));
  await app.init();
  await fastify.ready();
  if (handler === undefined) throw new TypeError('the application has no handler');
  return { handler, close: () => app.close() };
}

function malformedAddress(): Problem {
  return new Problem('malformed-request', 'The address could not be read.');
}

/** Without TLS neither HSTS nor an upgrade: both would lock people out. */
function security(isSecure: boolean) {
  return {
    hsts: isSecure,
    contentSecurityPolicy: {
      directives: isSecure ? {} : { upgradeInsecureRequests: null },
    },
  };
}

/** Answers are kept by nobody on the way; what is public and the same for all says otherwise. */
function keepNothing(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (_, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
}

/** One line for each answer, with the pattern of its route: never the address itself. */
function logRequests(fastify: FastifyInstance, { log }: Standing, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method, id } = request;
    const { statusCode: status, elapsedTime } = reply;
    log.answered({ id, method, route, status, ms: Math.round(elapsedTime * 100) / 100 });
    metrics.answered(method, route, status, elapsedTime);
    done();
  });
  fastify.addHook('preSerialization', (_, __, payload, done) => {
    if (isCarriedOut(payload)) metrics.carriedOut(payload.events.length);
    done(null, payload);
  });
}

/** The answer to a command that appended its events just now. */
function isCarriedOut(payload: unknown): payload is { readonly events: readonly unknown[] } {
  return (
    typeof payload === 'object' &&
    payload !== null &&
    'repeated' in payload &&
    payload.repeated === false &&
    'events' in payload &&
    Array.isArray(payload.events)
  );
}
