import { randomUUID } from 'node:crypto';

import { EventStoreDBClient, jsonEvent, StreamNotFoundError } from '@eventstore/db-client';
import type { AllStreamRecordedEvent } from '@eventstore/db-client';
import type { AnyBulkWriteOperation, MongoClient } from 'mongodb';

import type { NewEvent } from '#kernel';

import { perSecond } from '../figures.js';
import { atOnce } from './shares.js';

const BATCH = 1_000;
const STREAMS_AT_ONCE = 32;
const TRADES: ReadonlySet<string> = new Set(['OrderRecorded', 'InvoiceOpened', 'InvoiceSettled']);

/** The clients alone, doing what the ledger asks of them and nothing else. */
export class Bare {
  readonly #client: EventStoreDBClient;
  readonly #database: string;

  constructor(
    url: string,
    private readonly mongo: MongoClient,
  ) {
    this.#client = EventStoreDBClient.connectionString(url);
    this.#database = `bench-${randomUUID()}-bare`;
  }

  /** Looks for a stream that is not there, as whoever decides must. Gives its name. */
  async look(): Promise<string> {
    const stream = `bare-${randomUUID()}`;
    try {
      await this.#client.readStream(stream, { maxCount: 1 })[Symbol.asyncIterator]().next();
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error;
    }
    return stream;
  }

  /** Appends an event to a stream of its own. */
  async append(
    { id, type, data, metadata }: NewEvent,
    stream = `bare-${randomUUID()}`,
  ): Promise<void> {
    const event = jsonEvent({ id, type, data: { ...data }, metadata: { ...metadata } });
    const options = { expectedRevision: 'no_stream' } as const;
    await this.#client.appendToStream(stream, event, options);
  }

  /** Inserts documents as keys are: durable, and those of one person at once. */
  async insert(documents: readonly object[]): Promise<void> {
    await this.#collection('keys').insertMany([...documents]);
  }

  /** Reads so many events of `$all`, to its end. Gives events a second. */
  replay(): Promise<number> {
    return perSecond(async () => {
      let count = 0;
      for await (const { event } of this.#client.readAll({ direction: 'forwards' })) {
        if (event?.isJson === true) count += 1;
      }
      return count;
    });
  }

  /**
   * Reads so many events of `$all`, to its end, and then each stream by itself, as an audit must that
   * compares them. Gives events of `$all` a second.
   */
  readTwice(): Promise<number> {
    return perSecond(async () => {
      const streams = new Set<string>();
      let count = 0;
      for await (const { event } of this.#client.readAll({ direction: 'forwards' })) {
        if (event === undefined || event.streamId.startsWith('$')) continue;
        streams.add(event.streamId);
        count += 1;
      }
      const names = [...streams];
      await atOnce(names.length, STREAMS_AT_ONCE, async (at) => {
        const events = this.#client.readStream(names[at] ?? '')[Symbol.asyncIterator]();
        while ((await events.next()).done !== true);
      });
      return count;
    });
  }

  /**
   * Reads all events that a view is made of and writes a document for each order and invoice, a
   * thousand at a time, then the indexes. Gives events a second.
   */
  project(fields: readonly string[]): Promise<number> {
    const view = this.#collection('view');
    return perSecond(async () => {
      let events = 0;
      let batch: AnyBulkWriteOperation[] = [];
      const write = async () => {
        if (batch.length > 0) await view.bulkWrite(batch, { ordered: false });
        batch = [];
      };
      for await (const { event } of this.#client.readAll({ direction: 'forwards' })) {
        if (event === undefined || !TRADES.has(event.type)) continue;
        events += 1;
        if (event.type !== 'InvoiceSettled')
          batch.push({ insertOne: { document: documentOf(event) } });
        if (batch.length === BATCH) await write();
      }
      await write();
      await view.createIndexes(fields.map((field) => ({ key: { [`doc.${field}`]: 1 } })));
      return events;
    });
  }

  async close(): Promise<void> {
    await this.mongo.db(this.#database).dropDatabase();
    await this.#client.dispose();
  }

  #collection(name: string) {
    return this.mongo.db(this.#database).collection(name);
  }
}

/** Of the size of what the view of vouchers keeps. */
function documentOf(event: AllStreamRecordedEvent) {
  const { id, streamId, type, position } = event;
  return {
    _id: id as never,
    position: String(position.commit),
    epoch: 1,
    alive: true,
    doc: {
      subject: streamId.slice(-36),
      kind: type,
      order: id,
      financialYear: '2026-12-31',
      status: 'open',
      collecting: false,
      on: '2026-02-03',
      recordedAt: '2026-01-02T00:00:00.000Z',
      at: 1,
    },
  };
}
