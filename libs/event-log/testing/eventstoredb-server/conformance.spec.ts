import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { EventStoreDBClient, streamNameFilter, type Position } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import {
  all,
  aStream,
  errorOf,
  event,
  events,
  gather,
  idsOf,
  openSubject,
  type Subject,
} from './bare-client.js';
import { startCluster } from './index.js';
import { REAL_SERVER } from './real-server.js';
import type { TestServer } from './test-server.js';

// What a real server was seen to do, in the order of the notes that were taken: run against the
// test server, and against a real one where `SERVICES=1 EVENTSTOREDB_URL=…` names it. The last part,
// of secured servers, stands in conformance-secured.spec.ts.

let subject: Subject;
let client: EventStoreDBClient;

beforeEach(async () => {
  subject = await openSubject();
  ({ client } = subject);
});
afterEach(() => subject.close());

/** A case that breaks the server, and so is for our own only. */
function faultTest(title: string, run: (server: TestServer) => Promise<void>): void {
  if (REAL_SERVER !== undefined) {
    test.skip(`${title} (skipped: it would break the server)`, () => undefined);
    return;
  }
  test(title, async () => {
    if (subject.own === undefined) throw new Error('no server of our own');
    await run(subject.own);
  });
}

const conflict = { type: 'wrong-expected-version', message: '' };

describe('idempotence', () => {
  test('compares ids only, and answers with the original position', async () => {
    const stream = aStream();
    const [one, two] = [event({ n: 1 }), event({ n: 2 })];
    const first = await client.appendToStream(stream, [one, two], {
      expectedRevision: 'no_stream',
    });
    await client.appendToStream(stream, events(2), { expectedRevision: 1n });
    const other = { ...one, type: 'OtherSeen', data: { n: 9 } };
    const again = await client.appendToStream(stream, [other, two], {
      expectedRevision: 'no_stream',
    });
    expect(again).toEqual(first);
    const part = await client.appendToStream(stream, [two], { expectedRevision: 0n });
    expect(part).toEqual(first);
    expect(await idsOf(client, stream)).toHaveLength(4);
  });

  faultTest('with an exact revision it survives a restart', async (server) => {
    const stream = aStream();
    const sent = events(2);
    const first = await client.appendToStream(stream, sent, { expectedRevision: 'no_stream' });
    await restart(server);
    const again = await retried(() =>
      client.appendToStream(stream, sent, { expectedRevision: 'no_stream' }),
    );
    expect(again).toEqual(first);
    expect(await idsOf(client, stream)).toHaveLength(2);
  });

  test('with any revision it is remembered for a while', async () => {
    const stream = aStream();
    const sent = event();
    const first = await client.appendToStream(stream, sent);
    expect(await client.appendToStream(stream, sent)).toEqual(first);
    expect(
      await client.appendToStream(stream, sent, { expectedRevision: 'stream_exists' }),
    ).toEqual(first);
  });

  faultTest('with any revision a restart forgets it', async (server) => {
    const stream = aStream();
    const sent = event();
    await client.appendToStream(stream, sent);
    await restart(server);
    await retried(() => client.appendToStream(stream, sent));
    expect(await idsOf(client, stream)).toEqual([sent.id, sent.id]);
  });

  test('old ids with a new one are a conflict, a new one before an old one is written', async () => {
    const stream = aStream();
    const old = event();
    await client.appendToStream(stream, old);
    expect(await errorOf(client.appendToStream(stream, [old, event()]))).toMatchObject(conflict);
    expect(
      await errorOf(
        client.appendToStream(stream, [old, event()], { expectedRevision: 'no_stream' }),
      ),
    ).toMatchObject(conflict);
    await client.appendToStream(stream, [event(), old]);
    expect(await idsOf(client, stream)).toHaveLength(3);
  });

  test('the same id twice in one append is stored twice', async () => {
    const stream = aStream();
    const twice = event();
    await client.appendToStream(stream, [twice, twice]);
    expect(await idsOf(client, stream)).toEqual([twice.id, twice.id]);
  });

  test('after a soft delete a repeat succeeds without a position', async () => {
    const stream = aStream();
    const sent = events(2);
    await client.appendToStream(stream, sent, { expectedRevision: 'no_stream' });
    await client.deleteStream(stream);
    const again = await client.appendToStream(stream, sent, { expectedRevision: 'no_stream' });
    expect(again).toMatchObject({ success: true, position: undefined });
    expect(await errorOf(all(client.readStream(stream)))).toMatchObject({
      type: 'stream-not-found',
    });
  });

  test('of racing appends one wins, of racing repeats all', async () => {
    const stream = aStream();
    const race = (sent: ReturnType<typeof event>[], to: string) =>
      Promise.allSettled(
        sent.map((each) => client.appendToStream(to, each, { expectedRevision: 'no_stream' })),
      );
    const racers = await race(events(20), stream);
    expect(racers.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const one = event();
    const other = aStream();
    const repeats = await race(Array<typeof one>(20).fill(one), other);
    expect(repeats.filter((result) => result.status === 'fulfilled')).toHaveLength(20);
    expect(await idsOf(client, other)).toHaveLength(1);
  });
});

describe('revisions and deletes', () => {
  test('a conflict tells both revisions and has no message', async () => {
    const stream = aStream();
    expect(
      await errorOf(client.appendToStream(stream, event(), { expectedRevision: 5n })),
    ).toMatchObject({ ...conflict, expectedVersion: 5n, actualVersion: 'no_stream' });
    await client.appendToStream(stream, events(3));
    expect(
      await errorOf(client.appendToStream(stream, event(), { expectedRevision: 'no_stream' })),
    ).toMatchObject({ ...conflict, expectedVersion: 'no_stream', actualVersion: 2n });
    expect(
      await errorOf(
        client.appendToStream(aStream(), event(), { expectedRevision: 'stream_exists' }),
      ),
    ).toMatchObject({ ...conflict, actualVersion: 'no_stream' });
  });

  test('deletes say -1 for no stream', async () => {
    const stream = aStream();
    await client.appendToStream(stream, event());
    type Options = Parameters<typeof client.deleteStream>[1];
    for (const remove of [
      (name: string, options: Options) => client.deleteStream(name, options),
      (name: string, options: Options) => client.tombstoneStream(name, options),
    ]) {
      expect(await errorOf(remove(stream, { expectedRevision: 'no_stream' }))).toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: -1n,
        actualVersion: 0n,
      });
      expect(await errorOf(remove(aStream(), { expectedRevision: 0n }))).toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: 0n,
        actualVersion: -1n,
      });
    }
  });

  test('a truncated stream is hidden up to there, and whole in $all', async () => {
    const stream = aStream();
    const sent = events(3);
    const { position } = await client.appendToStream(stream, sent[0] ?? event());
    await client.appendToStream(stream, sent.slice(1));
    await client.setStreamMetadata(stream, { truncateBefore: 2 });
    expect(await idsOf(client, stream)).toEqual([sent[2]?.id]);
    await client.setStreamMetadata(stream, { maxCount: 2 });
    expect(await idsOf(client, stream)).toEqual([sent[1]?.id, sent[2]?.id]);
    expect(await inAll(stream, position)).toEqual(sent.map((each) => each.id));
    expect((await client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 2 });
  });

  test('a fully truncated stream is empty, not missing, and has its revisions', async () => {
    const stream = aStream();
    await client.appendToStream(stream, events(2));
    await client.setStreamMetadata(stream, { truncateBefore: 2 });
    expect(await idsOf(client, stream)).toEqual([]);
    expect(
      await errorOf(client.appendToStream(stream, event(), { expectedRevision: 'no_stream' })),
    ).toMatchObject({ ...conflict, actualVersion: 1n });
  });

  test('a stream deleted softly goes on behind what it had', async () => {
    const stream = aStream();
    await client.appendToStream(stream, events(2));
    await client.deleteStream(stream, { expectedRevision: 1n });
    expect(
      await errorOf(client.appendToStream(stream, event(), { expectedRevision: 'stream_exists' })),
    ).toMatchObject({ type: 'stream-deleted' });
    const next = event();
    expect(
      await client.appendToStream(stream, next, { expectedRevision: 'no_stream' }),
    ).toMatchObject({ nextExpectedRevision: 2n });
    expect(await idsOf(client, stream)).toEqual([next.id]);
  });

  test('a tombstone is final, and the events stay in $all', async () => {
    const stream = aStream();
    const sent = event();
    const { position } = await client.appendToStream(stream, sent);
    await client.tombstoneStream(stream);
    const gone = { type: 'stream-deleted', streamName: stream };
    expect(await errorOf(all(client.readStream(stream)))).toMatchObject(gone);
    for (const expectedRevision of ['any', 'no_stream', 0n] as const) {
      expect(
        await errorOf(client.appendToStream(stream, event(), { expectedRevision })),
      ).toMatchObject(gone);
    }
    expect((await inAll(stream, position))[0]).toBe(sent.id);
  });
});

describe('positions', () => {
  test('leave gaps, are the same twice, and each event has its own', async () => {
    const stream = aStream();
    const { position } = await client.appendToStream(stream, events(3));
    const read = await all(client.readStream(stream));
    const positions = read.map((each) => each.event?.position?.commit ?? 0n);
    expect(new Set(positions).size).toBe(3);
    expect((positions[1] ?? 0n) - (positions[0] ?? 0n)).toBeGreaterThan(1n);
    expect(
      read.every(({ event: each }) => each?.position?.commit === each?.position?.prepare),
    ).toBe(true);
    expect(position?.commit).toBe(positions[2]);
  });

  test('are included forwards, and excluded backwards and by subscriptions', async () => {
    const stream = aStream();
    const sent = events(2);
    await client.appendToStream(stream, sent);
    const at = await positionOf(stream, 0);
    const [forwards] = await all(client.readAll({ fromPosition: at, maxCount: 1 }));
    expect(forwards?.event?.id).toBe(sent[0]?.id);
    const back = { fromPosition: at, maxCount: 1, direction: 'backwards' } as const;
    const [backwards] = await all(client.readAll(back));
    expect(backwards?.event?.id).not.toBe(sent[0]?.id);
    const subscription = client.subscribeToAll({
      fromPosition: at,
      filter: streamNameFilter({ prefixes: [stream] }),
    });
    expect((await gather(subscription, 1)).map(({ id }) => id)).toEqual([sent[1]?.id]);
  });

  test('that were never given are an unknown error, past the end they are accepted', async () => {
    const { position } = await client.appendToStream(aStream(), event());
    const commit = (position?.commit ?? 0n) + 1n;
    const never = { commit, prepare: commit };
    expect(await errorOf(all(client.readAll({ fromPosition: never, maxCount: 1 })))).toMatchObject({
      type: 'unknown',
      code: 2,
    });
    const end = { commit: commit + 1_000_000_000n, prepare: commit + 1_000_000_000n };
    expect(await all(client.readAll({ fromPosition: end, maxCount: 1 }))).toEqual([]);
  });

  test('of checkpoints come by the window, and can be handed back verbatim', async () => {
    const stream = aStream();
    const sent = events(30);
    const { position } = await client.appendToStream(aStream(), event());
    await client.appendToStream(stream, sent);
    const checkpoints: Position[] = [];
    const filter = (reached: (at: Position) => void) =>
      streamNameFilter({
        prefixes: [stream],
        checkpointInterval: 2,
        maxSearchWindow: 5,
        checkpointReached: (_, at) => {
          reached(at);
        },
      });
    const from = position ?? 'start';
    const first = client.subscribeToAll({
      fromPosition: from,
      filter: filter((at) => checkpoints.push(at)),
    });
    expect(await gather(first, 'caughtUp')).toHaveLength(30);
    expect(checkpoints.length).toBeGreaterThanOrEqual(1);
    expect(checkpoints.length).toBeLessThanOrEqual(4);
    for (const at of checkpoints) {
      const rest = client.subscribeToAll({ fromPosition: at, filter: filter(() => undefined) });
      const ids = (await gather(rest, 'caughtUp')).map(({ id }) => id);
      expect(ids).toEqual(sent.slice(sent.length - ids.length).map(({ id }) => id));
      expect(ids.length).toBeLessThan(30);
    }
  });
});

describe('sizes', () => {
  test("data of an append are limited, its events' metadata are not counted", async () => {
    const stream = aStream();
    const sized = (bytes: number) => ({
      ...event({ x: 'x'.repeat(bytes - 8) }),
      metadata: { m: 'm'.repeat(1_000) },
    });
    await client.appendToStream(stream, [sized(500_000), sized(548_576)]);
    expect(
      await errorOf(client.appendToStream(stream, [sized(500_000), sized(548_577)])),
    ).toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: 1_048_576 });
  });

  test('a message beyond 16 MiB fails every append of the client in flight', async () => {
    const big = event({ x: 'x'.repeat(17_000_000) });
    await client.appendToStream(aStream(), event());
    const refused = errorOf(client.appendToStream(aStream(), big));
    // By then the big message is on its way, and the other one stands behind it.
    await new Promise(setImmediate);
    const both = await Promise.all([refused, errorOf(client.appendToStream(aStream(), event()))]);
    for (const error of both) expect(error).toMatchObject({ code: 8 });
  });

  test('many small events pass in one append', async () => {
    const stream = aStream();
    await client.appendToStream(stream, events(5_000));
    expect(await idsOf(client, stream)).toHaveLength(5_000);
  });
});

describe('the client', () => {
  test('ends its process after an invalid id, for the server answers twice', async () => {
    const child = spawn(process.execPath, ['--input-type=commonjs', '-e', INVALID_ID, subject.url]);
    const printed: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(printed.join('')).toMatch(/rejected[\s\S]*TypeError/);
    expect(code).not.toBe(0);
  });

  test('reads $all with system events and without a filter', async () => {
    const read = await all(client.readAll({ maxCount: 20 }));
    expect(read.some(({ event: each }) => each?.streamId.startsWith('$'))).toBe(true);
  });

  test('gives an empty append to a new stream revision 0', async () => {
    expect(await client.appendToStream(aStream(), [])).toMatchObject({ nextExpectedRevision: 0n });
  });

  test('gives ids in lower case, null data as null, absent metadata as undefined', async () => {
    const stream = aStream();
    const id = '0B2A8CBA-6D3C-4C5B-9E0B-1E5A2F7C9D11';
    const nothing = { ...event({}, id), data: null as never, metadata: undefined };
    await client.appendToStream(stream, nothing);
    const [read] = await all(client.readStream(stream));
    expect(read?.event).toMatchObject({ id: id.toLowerCase(), data: null });
    expect(read?.event?.metadata).toBeUndefined();
  });

  test('writes and reads system streams in insecure mode', async () => {
    const stream = `$${aStream()}`;
    await client.appendToStream(stream, event());
    expect(await idsOf(client, stream)).toHaveLength(1);
  });

  faultTest('gets a plain error for an append without a server', async (server) => {
    await server.stop();
    const other = EventStoreDBClient.connectionString(server.url);
    const error = await errorOf(other.appendToStream(aStream(), event()));
    expect(error).toMatchObject({ code: 14 });
    expect(error).not.toHaveProperty('type');
    expect(await errorOf(all(other.readAll({ maxCount: 1 })))).toMatchObject({
      type: 'unavailable',
    });
    await other.dispose();
  });

  faultTest('is told "Not Ready" in a way that it does not recognise', async (server) => {
    server.faults.ready = false;
    expect(await errorOf(client.appendToStream(aStream(), event()))).toMatchObject({
      type: 'unknown',
      message: 'Could not recognize Server Is Not Ready',
    });
    expect(await errorOf(all(client.readAll({ maxCount: 1 })))).toMatchObject({
      type: 'unavailable',
    });
  });

  faultTest('is denied access without a code on appends, with 7 on reads', async (server) => {
    server.faults.denied = 'everything';
    const append = await errorOf(client.appendToStream(aStream(), event()));
    expect(append).toMatchObject({ type: 'access-denied', code: undefined });
    const denied = { type: 'access-denied', code: 7 };
    expect(await errorOf(all(client.readAll({ maxCount: 1 })))).toMatchObject(denied);
    expect(await errorOf(client.deleteStream(aStream()))).toMatchObject(denied);
  });

  faultTest('is denied metadata alone, where the default ACL keeps them', async (server) => {
    const stream = aStream();
    await client.appendToStream(stream, event());
    server.faults.denied = 'metadata';
    expect(await errorOf(client.getStreamMetadata(stream))).toMatchObject({
      type: 'access-denied',
      code: 7,
    });
    expect(await idsOf(client, stream)).toHaveLength(1);
  });

  faultTest('waits on a server that hangs, and is cancelled by dispose', async (server) => {
    await client.appendToStream(aStream(), event());
    server.line.freeze();
    const hung = errorOf(client.appendToStream(aStream(), event()));
    await new Promise(setImmediate);
    await client.dispose();
    expect(await hung).toMatchObject({ type: 'unknown', code: 1 });
  });

  faultTest('is not told of what was written when its line was cut', async (server) => {
    const stream = aStream();
    const sent = event();
    await client.appendToStream(aStream(), event());
    server.faults.beforeAcknowledging = () => {
      server.faults.beforeAcknowledging = undefined;
      server.line.cut();
    };
    expect(
      await errorOf(client.appendToStream(stream, sent, { expectedRevision: 'no_stream' })),
    ).toMatchObject({ code: 14 });
    await retried(() => client.appendToStream(stream, sent, { expectedRevision: 'no_stream' }));
    expect(await idsOf(client, stream)).toEqual([sent.id]);
  });

  faultTest('ends a subscription with an error when its line is cut', async (server) => {
    const subscription = client.subscribeToAll();
    await once(subscription, 'caughtUp');
    const failed = once(subscription, 'error');
    server.line.cut();
    expect((await failed)[0]).toMatchObject({ type: 'unavailable' });
  });
});

(REAL_SERVER === undefined ? describe : describe.skip)('a cluster of three', () => {
  test('gossip tells who leads; who asks for the leader is told by a follower', async () => {
    const cluster = await startCluster();
    const discovering = EventStoreDBClient.connectionString(cluster.url);
    const stream = aStream();
    await discovering.appendToStream(stream, event());
    cluster.elect(1);
    const leader = cluster.nodes[1]?.port;
    const follower = EventStoreDBClient.connectionString(
      `esdb://127.0.0.1:${String(cluster.nodes[0]?.port)}?tls=false`,
    );
    expect(
      await errorOf(
        follower.appendToStream(stream, event(), {
          requiresLeader: true,
          credentials: { username: 'x', password: 'x' },
        }),
      ),
    ).toMatchObject({ type: 'not-leader', leader: { address: '127.0.0.1', port: leader } });
    await follower.appendToStream(stream, event());
    expect(await idsOf(follower, stream)).toHaveLength(2);
    await discovering.dispose();
    await follower.dispose();
    await cluster.close();
  });

  test('while nobody leads nothing is served', async () => {
    const cluster = await startCluster();
    const discovering = EventStoreDBClient.connectionString(cluster.url);
    await discovering.appendToStream(aStream(), event());
    cluster.depose();
    expect(await errorOf(discovering.appendToStream(aStream(), event()))).toMatchObject({
      message: 'Could not recognize Server Is Not Ready',
    });
    cluster.elect(2);
    await discovering.appendToStream(aStream(), event());
    await discovering.dispose();
    await cluster.close();
  });
});

const INVALID_ID = `
  const { EventStoreDBClient, jsonEvent } = require('@eventstore/db-client');
  const client = EventStoreDBClient.connectionString(process.argv[1]);
  const sent = { ...jsonEvent({ type: 'T', data: {} }), id: 'not-a-uuid' };
  client.appendToStream('conformance-invalid-id', sent).catch(() => console.log('rejected'));
  setTimeout(() => process.exit(0), 10_000);
`;

async function restart(server: TestServer): Promise<void> {
  await server.stop();
  await server.start();
}

/** After a restart the first call may fail once. */
async function retried<T>(call: () => Promise<T>): Promise<T> {
  return call().catch(() => call());
}

/** Ids of a stream's events in `$all`. */
async function inAll(stream: string, from: Position | undefined) {
  const read = await all(client.readAll({ fromPosition: from ?? 'start' }));
  return read.flatMap(({ event: each }) => (each?.streamId === stream ? [each.id] : []));
}

async function positionOf(stream: string, revision: number): Promise<Position> {
  const [read] = await all(
    client.readStream(stream, { fromRevision: BigInt(revision), maxCount: 1 }),
  );
  if (read?.event?.position === undefined) throw new Error('no such event');
  return read.event.position;
}
