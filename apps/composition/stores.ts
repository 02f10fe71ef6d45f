import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { EventLog, OwnStreams, StoredEvents } from '#event-log';
import { openSqliteEventLog } from '#event-log/sqlite';
import type { TreeStore } from '#evidence';
import { openSqliteTree } from '#evidence/sqlite';
import type { Clock } from '#kernel';
import { errorCode, Outage } from '#kernel';
import type { Anchor, KekRotation, KekStore, VaultStore } from '#vault';
import { openFileAnchor, openFileKeks } from '#vault/file';
import { openSqliteVault } from '#vault/sqlite';
import type { Views } from '#views';
import { openSqliteViews } from '#views/sqlite';

import { mongoPlace } from './mongo-places.js';
import { SecretsFolder } from './secrets-folder.js';
import type { Settings } from './settings.js';

/** An event log, and what only the embedded one needs or has. */
export interface LogStore extends EventLog, StoredEvents, OwnStreams {
  /** Copies it while it is in use. Where it is missing, the engine has tools of its own. */
  backup?(target: string): Promise<void>;
  /** Looks at once for what another thread has appended. Where it is missing, the engine tells. */
  appended?(): void;
}

/** A vault, and what only the embedded one has. */
export interface VaultDatabase extends VaultStore {
  readonly rotation: KekRotation;
  /** Copies it while it is in use. Where it is missing, the engine has tools of its own. */
  backup?(target: string): Promise<void>;
}

/** The stores that are databases. */
export interface Databases {
  readonly log: LogStore;
  readonly vault: VaultDatabase;
  readonly views: Views;
  close(): Promise<void>;
}

/** All stores of a ledger, opened. */
export interface Stores extends Databases {
  readonly anchor: Anchor;
  readonly tree: TreeStore;
  readonly keks: KekStore;
  readonly folder: SecretsFolder;
  /** Has a listener called after each append of this process. */
  onAppended(listener: () => void): void;
}

/** Files of the embedded stores within the data folder. */
export const FILES = {
  log: 'event-log.db',
  vault: 'vault.db',
  views: 'views.db',
  tree: 'evidence.db',
} as const;

/** What stores tell whoever has them open. */
export interface StoreListener {
  /** After each append. Where it is missing, nobody asks. */
  readonly onAppended?: () => void;
  /** Of what could not be done now and is tried again: a short code, no data. */
  readonly onProblem?: (code: string) => void;
}

/**
 * Opens the stores where the settings say that they are; files and folders that are not there are made.
 * @param onProblem told of what could not be done now and is tried again: a short code, no data
 */
export async function openStores(
  settings: Settings,
  clock: Clock,
  onProblem: (code: string) => void,
): Promise<Stores> {
  await makeFolder(settings.data);
  const folder = new SecretsFolder(settings.secrets);
  await folder.prepare();
  const keks = await openFileKeks(folder.keks, clock);
  const listeners: (() => void)[] = [];
  const tellAll = () => {
    for (const tell of listeners) tell();
  };
  const databases = await openDatabases(settings, keks, clock, { onAppended: tellAll, onProblem });
  const onAppended = (listener: () => void) => void listeners.push(listener);
  const opened: { close(): Promise<void> }[] = [databases];
  const close = async () => {
    for (const store of opened) await store.close();
  };
  try {
    const anchor = await openAnchor(settings, folder);
    opened.push(anchor);
    const tree = await openTree(settings);
    opened.push(tree);
    return { ...databases, close, anchor, tree, keks, folder, onAppended };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens the databases, on connections of their own. */
export async function openDatabases(
  settings: Settings,
  keks: KekStore,
  clock: Clock,
  listener: StoreListener,
): Promise<Databases> {
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const store of opened.reverse()) await store.close();
  };
  const keep = <T extends { close(): Promise<void> }>(store: T): T => {
    opened.push(store);
    return store;
  };
  try {
    const log = keep(await openLog(settings, listener));
    const vault = keep(await openVault(settings, keks, clock));
    const views = keep(await openViews(settings));
    return { log, vault, views, close };
  } catch (error) {
    await close();
    throw error;
  }
}

// The clients of servers are large: whoever runs on files does not load them.

/** Opens the event log where the settings say that it is. */
export async function openLog(
  settings: Pick<Settings, 'data' | 'eventStoreDb' | 'eventStoreDbPrefix' | 'eventStoreDbMillis'>,
  { onAppended, onProblem }: StoreListener = {},
): Promise<LogStore> {
  const { data, eventStoreDb, eventStoreDbPrefix: prefix, eventStoreDbMillis } = settings;
  if (eventStoreDb !== '') {
    const { openEventStoreDb } = await import('#event-log/eventstoredb');
    const told = onProblem === undefined ? {} : { onProblem };
    return openEventStoreDb(eventStoreDb, {
      prefix,
      timeLimitMillis: eventStoreDbMillis,
      ...told,
    });
  }
  const options = onAppended === undefined ? {} : { onCommit: onAppended };
  return openSqliteEventLog(join(data, FILES.log), options);
}

/** Opens the vault where the settings say that it is. */
export async function openVault(
  settings: Settings,
  keks: KekStore,
  clock: Clock,
): Promise<VaultDatabase> {
  const { data, kekIntervalMillis: intervalMillis, backupMillis } = settings;
  const options = { keks, clock, rotation: { intervalMillis, backupMillis } };
  const place = mongoPlace('vault', settings);
  if (place === undefined) return openSqliteVault(join(data, FILES.vault), options);
  const { openMongoVault } = await import('#vault/mongodb');
  return openMongoVault(place.url, { ...options, ...place });
}

async function openViews(settings: Settings): Promise<Views> {
  const place = mongoPlace('views', settings);
  if (place === undefined) return openSqliteViews(join(settings.data, FILES.views));
  const { openMongoViews } = await import('#views/mongodb');
  return openMongoViews(place.url, place);
}

/** The tree stands beside the views: it is as easily made anew. */
export async function openTree(settings: Settings): Promise<TreeStore> {
  const place = mongoPlace('views', settings);
  if (place === undefined) return openSqliteTree(join(settings.data, FILES.tree));
  const { openMongoTree } = await import('#evidence/mongodb');
  return openMongoTree(place.url, place);
}

async function openAnchor(settings: Settings, folder: SecretsFolder): Promise<Anchor> {
  const place = mongoPlace('anchor', settings);
  if (place === undefined) return openFileAnchor(folder.anchor);
  const { openMongoAnchor } = await import('#vault/mongodb');
  return openMongoAnchor(place.url, place);
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Outage('data', errorCode(error) ?? 'cannot be made', { cause: error });
  }
}
