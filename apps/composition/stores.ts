import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { SqliteEventLog } from '#event-log/sqlite';
import { openSqliteEventLog } from '#event-log/sqlite';
import type { Clock } from '#kernel';
import { errorCode, Outage } from '#kernel';
import type { Anchor, KekStore } from '#vault';
import { openFileAnchor, openFileKeks } from '#vault/file';
import type { SqliteVault } from '#vault/sqlite';
import { openSqliteVault } from '#vault/sqlite';
import type { SqliteViews } from '#views/sqlite';
import { openSqliteViews } from '#views/sqlite';

import { SecretsFolder } from './secrets-folder.js';
import type { Settings } from './settings.js';

/** The stores that are databases. */
export interface Databases {
  readonly log: SqliteEventLog;
  readonly vault: SqliteVault;
  readonly views: SqliteViews;
  close(): Promise<void>;
}

/** All stores of a ledger, opened. */
export interface Stores extends Databases {
  readonly anchor: Anchor;
  readonly keks: KekStore;
  readonly folder: SecretsFolder;
  /** Has a listener called after each append of this process. */
  onAppended(listener: () => void): void;
}

/** Files of the embedded stores within the data folder. */
export const FILES = { log: 'event-log.db', vault: 'vault.db', views: 'views.db' } as const;

/** Opens the embedded stores, and makes files and folders that are not there. */
export async function openStores(settings: Settings, clock: Clock): Promise<Stores> {
  await makeFolder(settings.data);
  const folder = new SecretsFolder(settings.secrets);
  await folder.prepare();
  const keks = await openFileKeks(folder.keks, clock);
  const anchor = await openFileAnchor(folder.anchor);
  const listeners: (() => void)[] = [];
  const tellAll = () => {
    for (const tell of listeners) tell();
  };
  const databases = await openDatabases(settings, keks, clock, tellAll);
  const onAppended = (listener: () => void) => void listeners.push(listener);
  return { ...databases, anchor, keks, folder, onAppended };
}

/** Opens the databases, on connections of their own. @param onAppended called after each append */
export async function openDatabases(
  settings: Settings,
  keks: KekStore,
  clock: Clock,
  onAppended: () => void,
): Promise<Databases> {
  const rotation = {
    intervalMillis: settings.kekIntervalMillis,
    backupMillis: settings.backupMillis,
  };
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const store of opened.reverse()) await store.close();
  };
  try {
    const log = await openSqliteEventLog(join(settings.data, FILES.log), { onCommit: onAppended });
    opened.push(log);
    const vault = await openSqliteVault(join(settings.data, FILES.vault), {
      keks,
      clock,
      rotation,
    });
    opened.push(vault);
    const views = await openSqliteViews(join(settings.data, FILES.views));
    opened.push(views);
    return { log, vault, views, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Outage('data', errorCode(error) ?? 'cannot be made', { cause: error });
  }
}
