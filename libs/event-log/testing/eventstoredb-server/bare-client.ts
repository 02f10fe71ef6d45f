import { randomUUID } from 'node:crypto';

import { EventStoreDBClient, jsonEvent, type AllStreamSubscription } from '@eventstore/db-client';

import { REAL_SERVER } from './real-server.js';
import { startTestServer, type TestServer } from './test-server.js';

/** The server that the cases run against: our own, or the one that is named. */
export interface Subject {
  readonly url: string;
  /** Undefined where the server is a real one, which no case may break. */
  readonly own: TestServer | undefined;
  readonly client: EventStoreDBClient;
  readonly close: () => Promise<void>;
}

export async function openSubject(): Promise<Subject> {
  const own = REAL_SERVER === undefined ? await startTestServer() : undefined;
  const url = REAL_SERVER ?? own?.url ?? '';
  const client = EventStoreDBClient.connectionString(url);
  return {
    url,
    own,
    client,
    close: async () => {
      await client.dispose();
      await own?.close();
    },
  };
}

/** A stream that nothing else uses. */
export function aStream(): string {
  return `conformance-${randomUUID()}`;
}

export function event(data: Record<string, unknown> = { n: 1 }, id: string = randomUUID()) {
  return jsonEvent({ type: 'NumberSeen', data, metadata: { seen: true }, id });
}

/** So many events, numbered from 0. */
export function events(count: number) {
  return Array.from({ length: count }, (_, n) => event({ n }));
}

/** What a read gives, whole. */
export async function all<T>(read: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of read) items.push(item);
  return items;
}

/** The ids of a stream's events, as a reader sees them. */
export async function idsOf(client: EventStoreDBClient, stream: string) {
  return (await all(client.readStream(stream))).map((each) => each.event?.id);
}

/** What an error says of itself. */
export async function errorOf(call: Promise<unknown>): Promise<object> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}

/** What a subscription gave up to an event that ends it. */
export async function gather(subscription: AllStreamSubscription, until: 'caughtUp' | number) {
  const seen: { id: string | undefined; stream: string | undefined }[] = [];
  await new Promise<void>((resolve, reject) => {
    subscription.on('data', ({ event: each }) => {
      seen.push({ id: each?.id, stream: each?.streamId });
      if (seen.length === until) resolve();
    });
    subscription.on('caughtUp', () => {
      if (until === 'caughtUp') resolve();
    });
    subscription.on('error', reject);
  });
  await subscription.unsubscribe();
  return seen;
}
