import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Witness } from '#evidence';

/** A checkpoint, its signatures and 63 hashes are a few kB. */
const MAX_BODY = 65_536;

/** A witness that listens. */
export interface RunningWitness {
  /** The submission prefix. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves `POST /add-checkpoint` (c2sp.org/tlog-witness). */
export async function serveWitness(
  witness: Witness,
  { host, port }: { readonly host: string; readonly port: number },
  onProblem: () => void,
): Promise<RunningWitness> {
  const limits = { headersTimeout: 10_000, requestTimeout: 30_000 };
  const server = createServer(limits, (request, response) => {
    void answer(witness, request, response).catch(() => {
      onProblem();
      send(response, 500, 'text/plain; charset=utf-8', 'the witness cannot do that now\n');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(bound)}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  witness: Witness,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url !== '/add-checkpoint' || request.method !== 'POST') {
    send(response, 404, 'text/plain; charset=utf-8', 'POST /add-checkpoint\n');
    return;
  }
  const body = await bodyOf(request);
  if (body === undefined) {
    send(response, 413, 'text/plain; charset=utf-8', 'too large\n');
    return;
  }
  const { status, type, body: text } = await witness.addCheckpoint(body);
  send(response, status, type, text);
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_BODY) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}
