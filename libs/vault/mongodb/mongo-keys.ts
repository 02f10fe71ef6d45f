import { randomBytes } from 'node:crypto';

import { Binary, type ClientSession } from 'mongodb';

import {
  faultPoint,
  Outage,
  randomId,
  type EventId,
  type Instant,
  type KekId,
  type KeyId,
  type LedgerId,
  type SubjectId,
} from '#kernel';
import { inChunks, LINEARIZABLE, META, onceMoreIfDuplicate, writeErrorsOf } from '#mongo-store';

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
import { STALE_MILLIS, writing, type Engine } from './engine.js';
import { statesOfKeys } from './key-states.js';
import { destroyedOfRow, keksOf, provisionedOfRow, stateOfRow, statusOfRow } from './key-rows.js';
import type { Rewrapping } from './rewrapping.js';
import {
  coordinatesOf,
  instantDate,
  PART,
  type KeyRow,
  type VaultMeta,
  unclaimed,
} from './schema.js';
import { Together } from './together.js';

/** A key that was made and is not stored yet. */
interface Candidate {
  readonly key: LiveKey;
  readonly row: KeyRow;
}

/** Most keys that are made at once for several who ask. */
const MOST_TOGETHER = 500;

/** Keys in the vault's MongoDB database. */
export class MongoKeys implements Vault {
  readonly #provisioning = new Together<KeyWanted, Provisioned>(
    (wanted) => this.#provision(wanted),
    MOST_TOGETHER,
  );

  constructor(
    private readonly engine: Engine,
    private readonly rewrapping: Rewrapping,
  ) {}

  async provision(wanted: readonly KeyWanted[]): Promise<readonly Provisioned[]> {
    return wanted.length === 0 ? [] : this.#provisioning.ask(wanted);
  }

  async #provision(wanted: readonly KeyWanted[]): Promise<readonly Provisioned[]> {
    const { keks, ledger } = this.engine;
    const [kek, id] = [await keks.current(), await ledger.get()];
    const candidates = this.#candidates(wanted, kek, id);
    try {
      const winners = await this.#insert(candidates);
      const made = candidates.filter(({ row }) => !winners.has(row)).map(({ row }) => row._id);
      await this.rewrapping.afterInsert('keys', made, kek);
      await keks.load(keksOf(winners.values()));
      return candidates.map(({ key, row }) => {
        const winner = winners.get(row);
        if (winner === undefined) return key;
        key.dek.fill(0);
        return provisionedOfRow(winner, id, keks);
      });
    } catch (error) {
      for (const { key } of candidates) key.dek.fill(0);
      throw error;
    }
  }

  async unwrap(keys: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyState>> {
    const states = new Map<KeyId, KeyState>(keys.map((key) => [key, { state: 'missing' }]));
    if (keys.length === 0) return states;
    const rows = await this.#byKey(keys, STALE_MILLIS);
    await this.engine.keks.load(keksOf(rows));
    const ledger = await this.engine.ledger.get();
    for (const row of rows) {
      const state = stateOfRow(row, ledger, this.engine.keks);
      states.set(state.ref.key, state);
    }
    return states;
  }

  states(keys: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyStatus['state']>> {
    return statesOfKeys(this.engine.store, keys);
  }

  /**
   * A scope without a row gets one that is a fence from the start; then those that live are fenced.
   * With the question that follows, the time of that comes to the shard which tells moments.
   */
  async fence(subject: SubjectId, scopes: readonly ScopeRef[], by: EventId): Promise<void> {
    if (scopes.length === 0) return;
    const ids = scopes.map(({ category, scope }) => coordinatesOf(subject, category, scope));
    const make = ids.map((_id) => ({
      updateOne: {
        filter: { _id },
        update: { $setOnInsert: { state: 'fenced' as const, event: by } },
        upsert: true,
      },
    }));
    const fence = ids.map((_id) => ({
      updateOne: {
        filter: { _id, state: 'live' as const },
        update: { $set: { state: 'fenced' as const, event: by } },
      },
    }));
    await writing(this.engine, () =>
      onceMoreIfDuplicate(() => this.engine.rows.keys.bulkWrite([...make, ...fence])),
    );
    await this.engine.keks.lookAgain();
  }

  /** Read back where no other primary can have another answer. */
  async destroy(
    keys: readonly KeyId[],
    by: EventId,
    at: Instant,
  ): Promise<readonly DestroyedKey[]> {
    if (keys.length === 0) return [];
    const { store, rows } = this.engine;
    const found = await this.#byKey(keys, 0);
    await inChunks(found, (part) => this.#bury(part, by, at));
    faultPoint('vault.destroy.after-commit');
    const destroyed = new Map<KeyId, DestroyedKey>();
    for (const { _id } of found) {
      const row = await store.run(() => rows.keys.findOne({ _id }, LINEARIZABLE));
      if (row?.state !== 'destroyed') throw new Outage(PART, 'not-destroyed-yet');
      const tombstone = destroyedOfRow(row);
      destroyed.set(tombstone.ref.key, tombstone);
    }
    faultPoint('vault.destroy.after-checkpoint');
    return keys.flatMap((key) => destroyed.get(key) ?? []);
  }

  async status(subject: SubjectId): Promise<readonly KeyStatus[]> {
    const ofSubject = { _id: { $gt: `${subject}:`, $lt: `${subject};` }, key: { $exists: true } };
    const rows = await this.engine.store.inFreshSession(0, (_, session) =>
      this.engine.rows.keys.find(ofSubject, { session }).sort({ createdAt: 1, _id: 1 }).toArray(),
    );
    return rows.map(statusOfRow);
  }

  async tombstones(
    after: string,
    limit: number,
  ): Promise<{ readonly keys: readonly DestroyedKey[]; readonly next: string }> {
    // In one snapshot: else a grave might be passed before it is seen, and later ones seen.
    const rows = await this.engine.store.inSnapshot((_, session) =>
      this.engine.rows.keys
        .find({ grave: { $gt: Number(after) } }, { session })
        .sort({ grave: 1 })
        .limit(limit)
        .toArray(),
    );
    const last = rows.at(-1)?.grave;
    return { keys: rows.map(destroyedOfRow), next: last === undefined ? after : String(last) };
  }

  /** Makes keys, all their random bytes drawn at once. */
  #candidates(wanted: readonly KeyWanted[], kek: KekId, ledger: LedgerId): readonly Candidate[] {
    const random = randomBytes(wanted.length * KEY_BYTES);
    const createdAt = instantDate(this.engine.clock.now());
    const candidates = wanted.map(({ subject, category, scope }, at): Candidate => {
      const dek = Buffer.from(random.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES));
      const key = randomId<KeyId>();
      const wrapped = new Binary(wrapKey(this.engine.keks.held(kek), { ledger, key, kek }, dek));
      const print = keyFingerprintBytes(dek);
      const ref = { subject, category, scope, key };
      const _id = coordinatesOf(subject, category, scope);
      return {
        key: { state: 'live', ref, dek, fingerprint: print.toString('base64url') },
        row: { _id, key, state: 'live', kek, wrapped, fingerprint: new Binary(print), createdAt },
      };
    });
    random.fill(0);
    return candidates;
  }

  /** Inserts rows; gives those that were there before, by the row that lost. */
  async #insert(candidates: readonly Candidate[]): Promise<ReadonlyMap<KeyRow, KeyRow>> {
    const rows = candidates.map(({ row }) => row);
    return writing(this.engine, () =>
      this.engine.store.inFreshSession(STALE_MILLIS, async (_, session) => {
        const lost = (await inChunks(rows, (part) => this.#insertSome(part, session))).flat();
        const ids = lost.map(({ _id }) => _id);
        const found = await inChunks(ids, (some) =>
          this.engine.rows.keys.find({ _id: { $in: [...some] } }, { session }).toArray(),
        );
        const byId = new Map(found.flat().map((row) => [row._id, row]));
        return new Map(lost.map((row) => [row, byId.get(row._id) ?? unseen()]));
      }),
    );
  }

  /** Those that lost: another has the coordinates. */
  async #insertSome(rows: readonly KeyRow[], session: ClientSession): Promise<readonly KeyRow[]> {
    try {
      await this.engine.rows.keys.insertMany(rows, { ordered: false, session });
      return [];
    } catch (error) {
      const refused = writeErrorsOf(error);
      if (refused.some(({ duplicate }) => !duplicate)) throw error;
      return refused.flatMap(({ index }) => rows[index] ?? []);
    }
  }

  /** One update of each row, with its number in the order of destructions, all or none. */
  async #bury(found: readonly KeyRow[], by: EventId, at: Instant): Promise<void> {
    const { keys } = this.engine.rows;
    const ids = found.map(({ _id }) => _id);
    await writing(this.engine, () =>
      this.engine.store.inTransaction(async (db, session) => {
        const which = { _id: { $in: ids }, state: { $ne: 'destroyed' as const } };
        const rest = await keys.find(which, { session }).toArray();
        if (rest.length === 0) return;
        const meta = await db
          .collection<VaultMeta>(META)
          .findOneAndUpdate({ _id: PART }, { $inc: { graves: rest.length } }, { session });
        if (meta === null) throw unclaimed();
        const order = new Map(ids.map((id, place) => [id, place]));
        rest.sort((a, b) => (order.get(a._id) ?? 0) - (order.get(b._id) ?? 0));
        const graves = rest.map(({ _id }, place) => ({
          updateOne: {
            filter: { _id },
            update: {
              $set: {
                state: 'destroyed' as const,
                event: by,
                destroyedAt: instantDate(at),
                grave: meta.graves + place + 1,
              },
              $unset: { kek: '' as const, wrapped: '' as const },
            },
          },
        }));
        await keys.bulkWrite(graves, { session });
      }),
    );
  }

  /** The rows of keys, in the order asked; keys without one are left out. */
  async #byKey(keys: readonly KeyId[], maxAgeMillis: number): Promise<readonly KeyRow[]> {
    const { store, rows: found } = this.engine;
    const parts = await store.inFreshSession(maxAgeMillis, (_, session) =>
      inChunks(keys, (some) => found.keys.find({ key: { $in: [...some] } }, { session }).toArray()),
    );
    const rows = new Map(parts.flat().map((row) => [row.key, row]));
    return keys.flatMap((key) => rows.get(key) ?? []);
  }
}

function unseen(): never {
  throw new Outage(PART, 'winner-not-seen');
}
