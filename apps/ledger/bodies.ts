import type { FastifyInstance } from 'fastify';

import { Problem } from '#edge';
import { isJsonObject } from '#kernel';

/** Largest body, in bytes. */
export const BODY_LIMIT = 1024 * 1024;

/**
 * Reads JSON bodies, and no others. Errors say nothing of what was sent: Node's own quotes it. Bytes
 * that are not UTF-8 are refused, and so is what would change an object's prototype.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    (request, bytes: Buffer, done) => {
      if (bytes.length === 0) {
        done(null, undefined);
        return;
      }
      const text = decoded(utf8, bytes);
      if (text === undefined) {
        done(malformed());
        return;
      }
      void parse(request, text, (error, body: unknown) => {
        if (error !== null || !isJsonObject(body)) done(malformed());
        else done(null, body);
      });
    },
  );
}

function decoded(utf8: { decode(bytes: Buffer): string }, bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function malformed(): Problem {
  return new Problem('malformed-json', 'A body is one JSON object in UTF-8.');
}
