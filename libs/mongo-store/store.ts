import {
  MongoClient,
  type ClientSession,
  type Db,
  type MongoClientOptions,
  type Timestamp,
} from 'mongodb';

import { IntegrityError, InvalidInput, Outage } from '#kernel';

import { portError } from './faults.js';
import { Freshness, LINEARIZABLE } from './freshness.js';

/** How a database is opened. Time limits are defaults: the URL's own go before them. */
export interface MongoStoreOptions {
  /** Its name, whatever the URL says. */
  readonly database: string;
  /** How long to look for a primary. Default 5 s: an election takes 3 s where it is tuned. */
  readonly selectionMillis?: number;
  /** When a server that does not answer is given up. Default 3 s. */
  readonly socketMillis?: number;
  /** The variable that holds the URL, as a problem with it names it. Default `MONGODB_URL`. */
  readonly variable?: string;
}

/** The collection in which each part of the ledger has one document about itself. */
export const META = 'meta';

const DURABLE: MongoClientOptions = {
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
  ignoreUndefined: true,
  appName: 'privacy-ledger',
};

/** For making indexes: by default that waits for all members, as long as one of them is down. */
export const INDEXING = { commitQuorum: 'majority' } as const;

const SELECTION_MILLIS = 5_000;
const SOCKET_MILLIS = 3_000;
const HEARTBEAT_MILLIS = 1_000;
const TRANSACTION_MILLIS = 20_000;

/**
 * One database of a MongoDB replica set or sharded cluster. What is written is on the disks of a
 * majority when it is acknowledged, and reads ask the primary for what a majority has.
 */
export class MongoStore {
  readonly db: Db;
  readonly #client: MongoClient;
  readonly #patient: MongoClient;
  readonly #freshness: Freshness;
  #closed = false;

  /** @param patient a client whose calls may take their time; it connects when it is used */
  constructor(
    readonly part: string,
    client: MongoClient,
    patient: MongoClient,
    private readonly database: string,
  ) {
    this.#client = client;
    this.#patient = patient;
    this.db = client.db(database);
    this.#freshness = new Freshness(() => this.#moment());
  }

  /** Runs work on the database. @throws Outage where it is out, was closed, or does not obey */
  async run<T>(work: (db: Db) => Promise<T>): Promise<T> {
    if (this.#closed) throw new Outage(this.part, 'closed');
    try {
      return await work(this.db);
    } catch (error) {
      throw portError(this.part, error);
    }
  }

  /** Runs work that may take minutes: making indexes, dropping collections. */
  patiently<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.run(() => work(this.#patient.db(this.database)));
  }

  /** Runs work in a session in which each read sees what was written, or met, before it. */
  inSession<T>(work: (db: Db, session: ClientSession) => Promise<T>): Promise<T> {
    return this.#inSession({ causalConsistency: true }, work);
  }

  /**
   * Runs work in such a session, whose reads see besides everything that anybody was told is written,
   * but for what is younger than `maxAgeMillis`: a primary that was cut off and does not know of a
   * later one cannot answer them. With 0 that costs one linearizable read more each time, with more
   * one in that time. Of a sharded cluster this holds for collections that are not sharded.
   */
  async inFreshSession<T>(
    maxAgeMillis: number,
    work: (db: Db, session: ClientSession) => Promise<T>,
  ): Promise<T> {
    const moment = await this.#freshness.within(maxAgeMillis);
    return this.inSession((db, session) => {
      session.advanceOperationTime(moment);
      return work(db, session);
    });
  }

  /** Runs reads that all see one state of all shards. */
  inSnapshot<T>(work: (db: Db, session: ClientSession) => Promise<T>): Promise<T> {
    return this.#inSession({ snapshot: true }, work);
  }

  /** Runs writes that are done all or none; repeated where another's came between. */
  inTransaction<T>(work: (db: Db, session: ClientSession) => Promise<T>): Promise<T> {
    const options = { timeoutMS: TRANSACTION_MILLIS };
    return this.#inSession({}, (db, session) =>
      session.withTransaction(() => work(db, session), options),
    );
  }

  /** Repeating it is no fault. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#client.close();
    await this.#patient.close();
  }

  /** Of the primary, after it has made sure that it still is. */
  #moment(): Promise<Timestamp> {
    return this.inSession(async (db, session) => {
      const meta = db.collection<{ readonly _id: string }>(META);
      await meta.findOne({ _id: this.part }, { ...LINEARIZABLE, session });
      if (session.operationTime === undefined) throw new Outage(this.part, 'tells-no-time');
      return session.operationTime;
    });
  }

  #inSession<T>(
    options: { readonly causalConsistency?: true; readonly snapshot?: true },
    work: (db: Db, session: ClientSession) => Promise<T>,
  ): Promise<T> {
    return this.run((db) => this.#client.withSession(options, (session) => work(db, session)));
  }
}

/**
 * Opens a database; it need not exist.
 * @param part the part of the ledger that it belongs to, as in {@link Outage}
 * @throws InvalidInput, which names the variable and quotes nothing: a URL may hold a password
 * @throws IntegrityError `mongodb-standalone` for a server without replication
 */
export async function openMongoStore(
  part: string,
  url: string,
  options: MongoStoreOptions,
): Promise<MongoStore> {
  const { database, selectionMillis = SELECTION_MILLIS, socketMillis = SOCKET_MILLIS } = options;
  const address = { url, variable: options.variable ?? 'MONGODB_URL' };
  const limits = {
    serverSelectionTimeoutMS: selectionMillis,
    connectTimeoutMS: socketMillis,
    heartbeatFrequencyMS: HEARTBEAT_MILLIS,
  };
  const client = clientOf(address, { ...limits, socketTimeoutMS: socketMillis });
  const patient = clientOf(address, limits, { socketTimeoutMS: 0 });
  const store = new MongoStore(part, client, patient, database);
  try {
    await store.run(assertReplicated(part));
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

function assertReplicated(part: string): (db: Db) => Promise<void> {
  return async (db) => {
    const { setName, msg } = await db.command({ hello: 1 });
    if (setName !== undefined || msg === 'isdbgrid') return;
    throw new IntegrityError(
      'mongodb-standalone',
      `${part}: MongoDB must run as a replica set (also of one) or as a sharded cluster`,
    );
  };
}

/**
 * A client whose durability no URL can weaken. @param fixed goes before all else
 * @throws InvalidInput, which quotes nothing
 */
export function clientOf(
  { url, variable }: { readonly url: string; readonly variable: string },
  defaults: MongoClientOptions,
  fixed: MongoClientOptions = {},
): MongoClient {
  const named = new Set(
    (url.split('?')[1] ?? '').split('&').map((pair) => pair.split('=')[0]?.toLowerCase()),
  );
  const missing = Object.entries(defaults).filter(([name]) => !named.has(name.toLowerCase()));
  try {
    return new MongoClient(url, { ...Object.fromEntries(missing), ...DURABLE, ...fixed });
  } catch {
    throw new InvalidInput(
      variable,
      'connection-string',
      'is not a mongodb:// connection string, or names files that cannot be read',
    );
  }
}
