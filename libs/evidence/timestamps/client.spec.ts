import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';

import { afterEach, describe, expect, it } from '@jest/globals';

import { TimestampServer, type TimestampAnswer } from '../testing/index.js';
import { askAuthority, type Patience } from './client.js';

const QUERY = Uint8Array.of(1, 2, 3);
const FREE = new AbortController().signal;
const LIMITS: Patience = { millis: 10_000, bytes: 100 };

describe('an authority that is asked', () => {
  let server: TimestampServer | undefined;

  let plain: Server | undefined;

  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await stopped();
  });

  /** Any server, by its address. */
  async function elsewhere(listener: RequestListener) {
    plain = createServer(listener).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const address = plain.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return { url: `http://127.0.0.1:${String(address.port)}/`, authorization: undefined };
  }

  async function stopped(): Promise<void> {
    if (plain === undefined) return;
    plain.closeAllConnections();
    plain.close();
    await once(plain, 'close');
    plain = undefined;
  }

  async function asking(
    answer: TimestampAnswer | 'never' | ((query: Buffer) => TimestampAnswer),
    { limits = LIMITS, signal = FREE, authorization = undefined as string | undefined } = {},
  ): Promise<string> {
    server = await TimestampServer.start(async (query) =>
      typeof answer === 'function' ? answer(query) : answer,
    );
    return askAuthority({ url: server.url, authorization }, QUERY, signal, limits).then(
      (body) => body.toString('latin1'),
      (error: unknown) => String(error),
    );
  }

  it('gets the question, and its answer is given as it is', async () => {
    expect(await asking((query) => ({ body: Buffer.concat([query, query]) }))).toBe(
      '\u0001\u0002\u0003\u0001\u0002\u0003',
    );
    expect(server?.asked).toEqual([
      expect.objectContaining({
        'content-type': 'application/timestamp-query',
        'content-length': '3',
      }),
    ]);
    expect(server?.asked[0]).not.toHaveProperty('authorization');
  });

  it('is told user and password where there are any', async () => {
    await asking({ body: QUERY }, { authorization: 'Basic dTpw' });
    expect(server?.asked[0]?.authorization).toBe('Basic dTpw');
  });

  it.each<[string, TimestampAnswer | 'never', Partial<Patience>]>([
    ['http-status', { status: 503, body: QUERY }, {}],
    ['media-type', { type: 'text/html', body: QUERY }, {}],
    ['too-large', { body: Buffer.alloc(101) }, {}],
    ['slow', 'never', { millis: 50 }],
  ])('has an answer that is %s', async (problem, answer, less) => {
    const came = await asking(answer, { limits: { ...LIMITS, ...less } });
    expect(came).toBe(`Outage: timestamp: ${problem}`);
  });

  it('may give just as much as is read', async () => {
    expect(await asking({ body: Buffer.alloc(100) })).toHaveLength(100);
  });

  it('is waited for no longer than anybody wants', async () => {
    const ending = new AbortController();
    ending.abort();
    expect(await asking('never', { signal: ending.signal })).toBe('Outage: timestamp: unreachable');
  });

  it('may not send elsewhere', async () => {
    const other = await TimestampServer.start(async () => ({ body: QUERY }));
    server = other;
    const at = await elsewhere((_, response) => {
      response.writeHead(303, { location: other.url }).end();
    });
    await expect(askAuthority(at, QUERY, FREE)).rejects.toThrow('timestamp: unreachable');
    expect(other.asked).toEqual([]);
  });

  it('is not there', async () => {
    const at = await elsewhere(() => undefined);
    await stopped();
    await expect(askAuthority(at, QUERY, FREE)).rejects.toThrow('timestamp: unreachable');
  });
});
