import { randomUUID } from 'node:crypto';

import autocannon from 'autocannon';

import type { Figure } from './figures.js';
import type { Served } from './server.js';
import { serve } from './server.js';

const CLIENTS = 64;
const SECONDS = 8;

/** Durable registrations and reads over HTTP, by 64 clients in this process. */
export async function benchHttp(folder: string): Promise<readonly Figure[]> {
  const served = await serve(folder);
  try {
    const floor = await requests(served, { method: 'GET', path: '/health/live' });
    await requests(served, registration(), 2);
    const writes = await requests(served, registration());
    const id = await registerOne(served);
    const reads = await requests(served, { method: 'GET', path: `/api/customers/${id}` });
    const beside = { what: 'GET /health/live, requests/s', figure: floor };
    return [
      {
        work: 'durable commands over HTTP, 64 clients',
        figure: writes,
        unit: 'registrations/s',
        floor: beside,
        goal: { atLeast: 3_000 },
      },
      {
        work: 'reads over HTTP, 64 clients (not recorded yet)',
        figure: reads,
        unit: 'reads/s',
        floor: beside,
        goal: { atLeast: 5_000 },
      },
    ];
  } finally {
    await served.stop();
  }
}

function registration(): autocannon.Request {
  return {
    method: 'POST',
    path: '/api/customers',
    setupRequest: (request) => ({
      ...request,
      body: JSON.stringify(customer()),
      headers: { ...request.headers, 'idempotency-key': randomUUID() },
    }),
  };
}

async function requests(
  served: Served,
  request: autocannon.Request,
  seconds = SECONDS,
): Promise<number> {
  const result = await autocannon({
    url: served.url,
    connections: CLIENTS,
    duration: seconds,
    headers: headers(served),
    requests: [request],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${String(result.non2xx)} answers were not 2xx`);
  }
  return result['2xx'] / result.duration;
}

async function registerOne(served: Served): Promise<string> {
  const answer = await fetch(`${served.url}/api/customers`, {
    method: 'POST',
    headers: { ...headers(served), 'idempotency-key': randomUUID() },
    body: JSON.stringify(customer()),
  });
  const body: unknown = await answer.json();
  if (typeof body !== 'object' || body === null || !('id' in body)) throw new Error('no id');
  return String(body.id);
}

function headers({ token }: Served): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'processing-purpose': 'customer-register',
  };
}

/** Invented, each with an email and a telephone of their own, as people have. */
function customer() {
  const id = randomUUID();
  return {
    category: 'private',
    identity: { firstName: 'Matti', lastName: 'Meikäläinen' },
    contact: {
      email: `${id}@example.fi`,
      phone: `+358 40 ${String(parseInt(id.slice(0, 6), 16))}`,
      address: { street: 'Mannerheimintie 1 A 2', postalCode: '00100', city: 'Helsinki' },
    },
  };
}
