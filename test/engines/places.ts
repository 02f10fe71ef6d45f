import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BSON, MongoClient } from 'mongodb';

import type { TestServer } from '#event-log/testing';
import { startTestServer } from '#event-log/testing';

/** The databases of a ledger, by the part of it that they hold. */
const PARTS = { MONGODB_URL: 'views', VAULT_URL: 'vault', ANCHOR_URL: 'anchor' } as const;
type Part = (typeof PARTS)[keyof typeof PARTS];

/** Whether ledgers of tests keep their stores on servers. */
export const ON_SERVERS = process.env.ENGINES === 'servers';

/** What of a ledger's stores is on which kind of server; what is on none is in files. */
export interface Servers {
  readonly eventStoreDb: boolean;
  readonly mongoDb: boolean;
}

/** Where one ledger of a test lives: a folder, and what it has on servers. */
interface Place {
  readonly environment: Readonly<Record<string, string>>;
  eventStoreDb: TestServer | undefined;
  readonly databases: ReadonlyMap<Part, string>;
}

const places = new Map<string, Place>();
let client: MongoClient | undefined;

/**
 * Makes a folder with stores of its own: in files, or, where ENGINES is `servers`, on a test server
 * of EventStoreDB and in databases of a real MongoDB (`npm run test:services`).
 */
export async function makeFolder(
  name: string,
  { eventStoreDb, mongoDb }: Servers = { eventStoreDb: ON_SERVERS, mongoDb: ON_SERVERS },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `ledger-${name}-`));
  const log = eventStoreDb ? await startTestServer({ file: journalIn(folder) }) : undefined;
  const databases = new Map<Part, string>();
  const urls: Record<string, string> = {};
  for (const [variable, part] of Object.entries(PARTS)) {
    if (!mongoDb) break;
    const database = `test-${randomUUID()}-${part}`;
    databases.set(part, database);
    urls[variable] = serverOfMongo().replace(/\/(\?|$)/, `/${database}$1`);
  }
  const environment = { ...urls, ...(log === undefined ? {} : { EVENTSTOREDB_URL: log.url }) };
  places.set(folder, { environment, eventStoreDb: log, databases });
  return folder;
}

/** Removes a folder, and what it has on servers. */
export async function removeFolder(folder: string): Promise<void> {
  const place = places.get(folder);
  places.delete(folder);
  await place?.eventStoreDb?.close();
  for (const name of place?.databases.values() ?? []) await mongo().db(name).dropDatabase();
  if (places.size === 0) {
    await client?.close();
    client = undefined;
  }
  await rm(folder, { recursive: true, force: true });
}

/**
 * The URLs of a folder's ledger, to be added to its other settings. A child process that works on a
 * folder was given them by whoever made it.
 */
export function enginesOf(folder: string): Readonly<Record<string, string>> {
  const place = places.get(folder);
  if (place !== undefined) return place.environment;
  const { env } = process;
  if (env.LEDGER_DATA !== join(folder, 'data')) return {};
  const given = ['EVENTSTOREDB_URL', ...Object.keys(PARTS)];
  return Object.fromEntries(given.map((name) => [name, env[name] ?? '']));
}

/** Everything that servers hold of a folder's ledger: bytes by a name for where they lie. */
export async function bytesOnServers(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const place = places.get(folder);
  const found = new Map<string, Buffer>();
  for (const { stream, id, type, data, metadata } of place?.eventStoreDb?.records ?? []) {
    const texts = [stream, id, type].map((text) => Buffer.from(text));
    found.set(`event-log/${id}`, Buffer.concat([...texts, data, metadata]));
  }
  for (const [part, name] of place?.databases ?? []) {
    const database = mongo().db(name);
    for (const { collectionName } of await database.collections()) {
      const documents = await database.collection(collectionName).find().toArray();
      const bytes = documents.map((document) => BSON.serialize(document));
      found.set(`${part}/${collectionName}`, Buffer.concat(bytes));
    }
  }
  return found;
}

/** The database that holds a part of a folder's ledger, where a server does. */
export function databaseOf(folder: string, part: Part) {
  const name = places.get(folder)?.databases.get(part);
  return name === undefined ? undefined : mongo().db(name);
}

/** The test server that holds a folder's log, where one does. */
export function eventStoreDbOf(folder: string): TestServer | undefined {
  return places.get(folder)?.eventStoreDb;
}

/**
 * Puts the log on a folder's test server back to what a copy of its journal has, as an administrator
 * would who restores an old backup.
 */
export async function restoreEventStoreDb(folder: string, copy: string): Promise<void> {
  const place = places.get(folder);
  if (place?.eventStoreDb === undefined) throw new Error('there is no such server');
  const { port } = place.eventStoreDb;
  await place.eventStoreDb.close();
  await copyFile(copy, journalIn(folder));
  place.eventStoreDb = await startTestServer({ file: journalIn(folder), port });
}

/** What a test server has written to its disk. */
export function journalIn(folder: string): string {
  return join(folder, 'eventstoredb.journal');
}

function mongo(): MongoClient {
  client ??= new MongoClient(serverOfMongo());
  return client;
}

function serverOfMongo(): string {
  const { SERVICES, MONGODB_URL: url } = process.env;
  if (SERVICES === '1' && url !== undefined) return url;
  throw new Error('tests on servers need a MongoDB: npm run test:services');
}
