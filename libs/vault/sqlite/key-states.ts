import { isUuid, type KeyId } from '#kernel';
import { readUntouched, type Database, type Statement } from '#sqlite-file';

import type { KeyStates, KeyStatus } from '../port.js';
import { reading } from './reading.js';
import { VAULT_FORMAT } from './schema.js';
import { uuidBytes, uuidOf } from './uuid-bytes.js';

/** Keys that one statement asks for. */
const CHUNK = 256;

type Row = readonly [id: Uint8Array, state: KeyStatus['state']];

/** Tells of keys what their rows say. */
export class SqliteKeyStates implements KeyStates {
  readonly #many: Statement<Row>;

  constructor(db: Database) {
    const asked = Array<string>(CHUNK).fill('?').join();
    this.#many = db.prepare(`SELECT id, state FROM keys WHERE id IN (${asked})`);
    this.#many.setReturnArrays(true);
  }

  async states(keys: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyStatus['state']>> {
    const ids = keys.filter(isUuid).map(uuidBytes);
    const found = new Map<KeyId, KeyStatus['state']>();
    for (let at = 0; at < ids.length; at += CHUNK) {
      const asked: (Uint8Array | null)[] = ids.slice(at, at + CHUNK);
      while (asked.length < CHUNK) asked.push(null);
      for (const [id, state] of reading(() => this.#many.all(...asked))) {
        found.set(uuidOf<KeyId>(id), state);
      }
    }
    return found;
  }
}

/**
 * Asks a vault in a file, which others may have open, for states of keys, and touches nothing.
 * @param work done again where somebody opens the file meanwhile
 * @returns undefined where there is no vault
 * @throws IntegrityError, Outage as `readUntouched` of #sqlite-file
 */
export function inspectSqliteKeys<T>(
  file: string,
  work: (keys: KeyStates) => Promise<T>,
): Promise<T | undefined> {
  return readUntouched(file, VAULT_FORMAT, (db) => work(new SqliteKeyStates(db)));
}
