import { closeSync, openSync } from 'node:fs';
import { chmod } from 'node:fs/promises';

import { errorCode, type Clock, type KekId, type LedgerId } from '#kernel';
import {
  backupDatabase,
  closeDatabase,
  GroupCommit,
  openDatabase,
  openReader,
  portError,
  type Die,
} from '#sqlite-file';

import type { VaultCopying } from '../copying.js';
import type { KekStore } from '../kek.js';
import type { VaultStore } from '../port.js';
import type { KekRotation, RotationSettings } from '../rotation.js';
import { LedgerCell, type Engine } from './engine.js';
import { KekRing } from './kek-ring.js';
import { PART, VAULT_FORMAT } from './schema.js';
import { SqliteCopying } from './sqlite-copying.js';
import { SqliteKeys } from './sqlite-keys.js';
import { SqliteRotation } from './sqlite-rotation.js';
import { SqliteSecrets } from './sqlite-secrets.js';
import {
  SqliteCredentials,
  SqliteLeases,
  SqliteNotes,
  SqlitePresence,
  SqliteReservations,
} from './sqlite-stores.js';

export interface SqliteVaultOptions {
  readonly keks: KekStore;
  readonly clock: Clock;
  readonly rotation: RotationSettings;
  /** How long destroying waits for other connections' readers. Default 10 s. */
  readonly checkpointLimitMillis?: number;
  /** How long a write waits for another process's. Default 5 s. */
  readonly busyLimitMillis?: number;
  /** Told after each COMMIT how many pieces of work it held. */
  readonly onCommit?: (works: number) => void;
  /** Ends the process after a failed fsync. */
  readonly die?: Die;
}

/** A vault in one SQLite file, which several processes of one machine may have open. */
export interface SqliteVault extends VaultStore {
  readonly rotation: KekRotation;
  readonly copying: VaultCopying;

  /**
   * A consistent copy of the vault in use. What was destroyed before is not in it; what is destroyed
   * later is, and must expire with it.
   * @throws InvalidInput where the target exists
   */
  backup(target: string): Promise<void>;
}

const DEFAULT_CHECKPOINT_LIMIT_MILLIS = 10_000;

/**
 * Opens the vault's file, and makes it if it is not there: whether that is a first start or a vault
 * that was not mounted is the caller's to know. An empty one has no ledger and no KEK until `claim`.
 */
export async function openSqliteVault(
  file: string,
  options: SqliteVaultOptions,
): Promise<SqliteVault> {
  const engine = await openEngine(file, options);
  const rotation = new SqliteRotation(engine, options.keks, options.rotation);
  return {
    vault: new SqliteKeys(engine),
    secrets: new SqliteSecrets(engine),
    reservations: new SqliteReservations(engine),
    leases: new SqliteLeases(engine),
    presence: new SqlitePresence(engine),
    credentials: new SqliteCredentials(engine),
    notes: new SqliteNotes(engine),
    staleMillis: 0,
    rotation,
    copying: new SqliteCopying(engine),
    ledgerId: async () => engine.ledger.read(),
    claim: async (ledger: LedgerId, kek: KekId) => {
      await engine.commit.run(() => {
        engine.ledger.claim(engine.writer, ledger);
        rotation.nameFirst(kek);
      });
    },
    backup: async (target: string) => {
      await backupDatabase(PART, file, target);
      await chmod(target, 0o600);
    },
    close: () => closeEngine(engine),
  };
}

async function openEngine(file: string, options: SqliteVaultOptions): Promise<Engine> {
  makePrivate(file);
  const { clock, busyLimitMillis, onCommit, die } = options;
  const limit = busyLimitMillis === undefined ? {} : { busyLimitMillis };
  const format = { ...VAULT_FORMAT, ...limit };
  const writer = await openDatabase(file, format);
  const reader = await openReader(file, format);
  return {
    writer,
    reader,
    commit: new GroupCommit(writer, {
      part: PART,
      faultPoints: { beforeCommit: 'vault.before-commit', afterCommit: 'vault.after-commit' },
      ...limit,
      ...(onCommit === undefined ? {} : { onCommit }),
      ...(die === undefined ? {} : { die }),
    }),
    keks: new KekRing(reader, options.keks),
    ledger: new LedgerCell(reader),
    clock,
    checkpointLimitMillis: options.checkpointLimitMillis ?? DEFAULT_CHECKPOINT_LIMIT_MILLIS,
  };
}

async function closeEngine(engine: Engine): Promise<void> {
  await engine.commit.close();
  engine.keks.clear();
  for (const db of [engine.reader, engine.writer]) closeDatabase(db);
}

/** SQLite gives its other files the mode of the first, so that one is made for its owner alone. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'ax', 0o600));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw portError(PART, error);
  }
}
