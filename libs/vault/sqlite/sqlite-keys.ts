import { randomBytes } from 'node:crypto';

import {
  faultPoint,
  millisOf,
  randomId,
  type EventId,
  type Instant,
  type KeyId,
  type SubjectId,
} from '#kernel';
import { truncateWal, type SqlValue, type Statement } from '#sqlite-file';

import { keyFingerprintBytes } from '../fingerprints.js';
import type {
  DestroyedKey,
  KeyState,
  KeyStatus,
  KeyWanted,
  LiveKey,
  Provisioned,
  ScopeRef,
  Vault,
} from '../port.js';
import { KEY_BYTES } from '../sealing.js';
import { wrapKey } from '../wrapping.js';
import { CurrentKekGuard, underCurrentKek, type Engine } from './engine.js';
import { reading } from './reading.js';
import {
  destroyedOfRow,
  keksOf,
  keyRows,
  KeysById,
  stateOfRow,
  statusOfRow,
  type KeyRow,
} from './key-rows.js';
import { SqliteKeyStates } from './key-states.js';
import { PART } from './schema.js';
import { uuidBytes, uuidOf } from './uuid-bytes.js';

/** A key that was made and is not stored yet. */
interface Candidate {
  readonly key: LiveKey;
  readonly row: readonly SqlValue[];
}

/** What a transaction found for a coordinate: the candidate won, or a row or a fence was there. */
type Found = 'made' | { readonly row: KeyRow } | { readonly fence: Uint8Array };

const INSERT = `
  INSERT INTO keys
    (id, subject, category, scope, state, kek, wrapped, fingerprint, created_at)
  SELECT ?1, ?2, ?3, ?4, 'live', ?5, ?6, ?7, ?8
  WHERE NOT EXISTS (SELECT 1 FROM fences WHERE subject = ?2 AND category = ?3 AND scope = ?4)
  ON CONFLICT (subject, category, scope) DO NOTHING`;

const DESTROY = `
  UPDATE keys
  SET state = 'destroyed', kek = NULL, wrapped = NULL, event = ?, destroyed_at = ?,
      grave = 1 + coalesce(
        (SELECT grave FROM keys WHERE grave IS NOT NULL ORDER BY grave DESC LIMIT 1), 0)
  WHERE id = ? AND state <> 'destroyed'`;

/** Keys in the vault's SQLite file. */
export class SqliteKeys implements Vault {
  readonly #guard: CurrentKekGuard;
  readonly #insert: Statement<never>;
  readonly #fenceOf: Statement<{ readonly event: Uint8Array }>;
  readonly #fence: Statement<never>;
  readonly #fenceKey: Statement<never>;
  readonly #destroy: Statement<never>;
  readonly #byCoordinates: Statement<KeyRow>;
  readonly #byIds: KeysById;
  readonly #states: SqliteKeyStates;
  readonly #bySubject: Statement<KeyRow>;
  readonly #byGrave: Statement<KeyRow>;

  constructor(private readonly engine: Engine) {
    const { writer, reader } = engine;
    const at = 'subject = ? AND category = ? AND scope = ?';
    this.#guard = new CurrentKekGuard(writer);
    this.#insert = writer.prepare(INSERT);
    this.#fenceOf = writer.prepare(`SELECT event FROM fences WHERE ${at}`);
    this.#fence = writer.prepare('INSERT INTO fences VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.#fenceKey = writer.prepare(
      `UPDATE keys SET state = 'fenced', event = ? WHERE ${at} AND state = 'live'`,
    );
    this.#destroy = writer.prepare(DESTROY);
    this.#byCoordinates = keyRows(writer, `WHERE ${at}`);
    this.#byIds = new KeysById(reader);
    this.#states = new SqliteKeyStates(reader);
    this.#bySubject = keyRows(reader, 'WHERE subject = ? ORDER BY number');
    this.#byGrave = keyRows(reader, 'WHERE grave > ? ORDER BY grave LIMIT ?');
  }

  async provision(wanted: readonly KeyWanted[]): Promise<readonly Provisioned[]> {
    if (wanted.length === 0) return [];
    return underCurrentKek(this.engine.keks, async () => {
      const kek = await this.engine.keks.current();
      const candidates = this.#candidates(wanted, kek.number);
      try {
        const found = await this.engine.commit.run(() => {
          this.#guard.assert(kek.number);
          return candidates.map((candidate) => this.#findOrInsert(candidate));
        });
        return await this.#provisioned(candidates, found);
      } catch (error) {
        for (const { key } of candidates) key.dek.fill(0);
        throw error;
      }
    });
  }

  async unwrap(keys: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyState>> {
    const rows = reading(() => this.#byIds.find(keys));
    await this.engine.keks.load(keksOf(rows));
    const ledger = this.engine.ledger.get();
    const states = new Map<KeyId, KeyState>(keys.map((key) => [key, { state: 'missing' }]));
    for (const row of rows) {
      const state = stateOfRow(row, ledger, this.engine.keks);
      states.set(state.ref.key, state);
    }
    return states;
  }

  states(keys: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyStatus['state']>> {
    return this.#states.states(keys);
  }

  async fence(subject: SubjectId, scopes: readonly ScopeRef[], by: EventId): Promise<void> {
    const [person, event] = [uuidBytes(subject), uuidBytes(by)];
    await this.engine.commit.run(() => {
      for (const { category, scope } of scopes) {
        this.#fence.run(person, category, scope, event);
        this.#fenceKey.run(event, person, category, scope);
      }
    });
  }

  async destroy(
    keys: readonly KeyId[],
    by: EventId,
    at: Instant,
  ): Promise<readonly DestroyedKey[]> {
    if (keys.length === 0) return [];
    const [event, millis] = [uuidBytes(by), millisOf(at)];
    await this.engine.commit.run(() => {
      for (const key of keys) this.#destroy.run(event, millis, uuidBytes(key));
    });
    faultPoint('vault.destroy.after-commit');
    // Also where no row changed: an earlier call may have failed here.
    await truncateWal(this.engine.writer, PART, this.engine.checkpointLimitMillis);
    faultPoint('vault.destroy.after-checkpoint');
    const rows = reading(() => this.#byIds.find(keys)).map(destroyedOfRow);
    const destroyed = new Map(rows.map((row) => [row.ref.key, row]));
    return keys.flatMap((key) => destroyed.get(key) ?? []);
  }

  async status(subject: SubjectId): Promise<readonly KeyStatus[]> {
    return reading(() => this.#bySubject.all(uuidBytes(subject)).map(statusOfRow));
  }

  async tombstones(
    after: string,
    limit: number,
  ): Promise<{ readonly keys: readonly DestroyedKey[]; readonly next: string }> {
    const rows = reading(() => this.#byGrave.all(Number(after), limit));
    const last = rows.at(-1)?.[11];
    return { keys: rows.map(destroyedOfRow), next: last === undefined ? after : String(last) };
  }

  /** Makes keys, all their random bytes drawn at once. */
  #candidates(wanted: readonly KeyWanted[], kekNumber: number): readonly Candidate[] {
    const random = randomBytes(wanted.length * KEY_BYTES);
    const candidates = wanted.map((one, at) => {
      const dek = Buffer.from(random.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES));
      return this.#candidate(one, kekNumber, dek);
    });
    random.fill(0);
    return candidates;
  }

  #candidate({ subject, category, scope }: KeyWanted, kekNumber: number, dek: Buffer): Candidate {
    const kek = this.engine.keks.held(kekNumber);
    const key = randomId<KeyId>();
    const place = { ledger: this.engine.ledger.get(), key, kek: kek.id };
    const wrapped = wrapKey(kek.key, place, dek);
    const print = keyFingerprintBytes(dek);
    const createdAt = millisOf(this.engine.clock.now());
    const [id, person] = [uuidBytes(key), uuidBytes(subject)];
    const ref = { subject, category, scope, key };
    return {
      key: { state: 'live', ref, dek, fingerprint: print.toString('base64url') },
      row: [id, person, category, scope, kekNumber, wrapped, print, createdAt],
    };
  }

  #findOrInsert({ row }: Candidate): Found {
    if (this.#insert.run(...row).changes === 1) return 'made';
    const coordinates = row.slice(1, 4);
    const found = this.#byCoordinates.get(...coordinates);
    if (found !== undefined) return { row: found };
    return { fence: (this.#fenceOf.get(...coordinates) ?? unreachable()).event };
  }

  async #provisioned(
    candidates: readonly Candidate[],
    found: readonly Found[],
  ): Promise<readonly Provisioned[]> {
    const others = found.flatMap((one) =>
      typeof one === 'object' && 'row' in one ? [one.row] : [],
    );
    await this.engine.keks.load(keksOf(others));
    const ledger = this.engine.ledger.get();
    return candidates.map(({ key }, at): Provisioned => {
      const one = found[at] ?? unreachable();
      if (one === 'made') return key;
      key.dek.fill(0);
      if ('row' in one) return stateOfRow(one.row, ledger, this.engine.keks);
      return { state: 'fenced', ref: undefined, by: uuidOf<EventId>(one.fence) };
    });
  }
}

function unreachable(): never {
  throw new Error('a row was neither inserted nor found');
}
