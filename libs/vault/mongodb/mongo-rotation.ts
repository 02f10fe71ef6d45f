import type { Collection } from 'mongodb';

import { faultPoint, instantOf, millisOf, plusMillis, type Instant, type KekId } from '#kernel';
import { META } from '#mongo-store';

import type { KekEntry, KekStore } from '../kek.js';
import {
  isOverdue,
  type KekRotation,
  type KekStatus,
  type RetiredKek,
  type RewrapProgress,
  type RotationSettings,
} from '../rotation.js';
import { writing, type Engine } from './engine.js';
import type { Rewrapping } from './rewrapping.js';
import { instantDate, PART, type KekRow, type VaultMeta, unclaimed } from './schema.js';

/** KEK epochs in the vault's MongoDB database. */
export class MongoRotation implements KekRotation {
  readonly #meta: Collection<VaultMeta>;

  constructor(
    private readonly engine: Engine,
    private readonly rewrapping: Rewrapping,
    private readonly store: KekStore,
    private readonly settings: RotationSettings,
  ) {
    this.#meta = engine.store.db.collection(META);
  }

  async beginRotation(): Promise<KekId> {
    const before = await this.engine.keks.lookAgain();
    const made = await this.store.create(await this.engine.ledger.get());
    faultPoint('rotation.after-kek-made');
    const named = await this.#name(made, before);
    faultPoint('rotation.after-named');
    const current = await this.engine.keks.lookAgain();
    // Another process was faster, and nothing was ever wrapped under this one.
    if (!named && current !== made) await this.store.destroy(made);
    return current;
  }

  async rewrapBatch(limit: number): Promise<RewrapProgress> {
    const rewrapped = await this.rewrapping.batch(limit);
    faultPoint('rotation.after-rewrap-batch');
    const { current } = await this.#read();
    const [keys, secrets] = await this.#count({ $ne: current });
    return { rewrapped, remaining: keys + secrets };
  }

  /**
   * None while anything is left under any KEK but the current one: a rewrapping that was held up
   * could still move that to one of them.
   */
  async retireDue(): Promise<readonly RetiredKek[]> {
    const retired: RetiredKek[] = [];
    const { keks, current } = await this.#read();
    for (const kek of keks) {
      const now = this.engine.clock.now();
      const { id, dueAt } = kek;
      if (stateOf(kek, current) !== 'retiring' || dueAt === undefined) continue;
      if (dueAt.getTime() > millisOf(now)) continue;
      const [keys, secrets] = await this.#count({ $ne: current });
      if (keys + secrets > 0) break;
      if (await this.#retire(id, now)) {
        retired.push({ id, dueAt: instantOf(dueAt), retiredAt: now });
      }
    }
    return retired;
  }

  async kekStatus(): Promise<readonly KekStatus[]> {
    const now = this.engine.clock.now();
    const { keks, current } = await this.#read();
    this.engine.keks.drop(keks.filter((kek) => kek.retiredAt !== undefined).map(({ id }) => id));
    const named = new Set(keks.map(({ id }) => id));
    const unnamed = (await this.store.list()).filter((entry) => !named.has(entry.id));
    const statuses: KekStatus[] = [];
    for (const kek of keks) statuses.push(await this.#statusOf(kek, current, now));
    return [...statuses, ...unnamed.map(unnamedStatus)];
  }

  /** In one step, if the one before is still current. */
  async #name(made: KekId, before: KekId): Promise<boolean> {
    const now = this.engine.clock.now();
    const dueAt = instantDate(plusMillis(now, this.settings.backupMillis));
    const replaced = { rotatedAt: instantDate(now), dueAt };
    const one = {
      $cond: [{ $eq: ['$$this.id', before] }, { $mergeObjects: ['$$this', replaced] }, '$$this'],
    };
    const older = { $map: { input: '$keks', in: one } };
    const keks = { $concatArrays: [older, [{ id: made, createdAt: instantDate(now) }]] };
    const { modifiedCount } = await writing(this.engine, () =>
      this.#meta.updateOne({ _id: PART, current: before }, [{ $set: { current: made, keks } }]),
    );
    return modifiedCount === 1;
  }

  /**
   * The KEK goes before the vault says so: a crash in between repeats a destruction that was done,
   * where the other order would leave a KEK that is believed gone. Nothing can come under it any
   * more, since who wraps looks afterwards which one is named.
   */
  async #retire(id: KekId, now: Instant): Promise<boolean> {
    faultPoint('rotation.before-kek-destroyed');
    await this.store.destroy(id);
    faultPoint('rotation.after-kek-destroyed');
    const { modifiedCount } = await writing(this.engine, () =>
      this.#meta.updateOne(
        { _id: PART, keks: { $elemMatch: { id, retiredAt: { $exists: false } } } },
        { $set: { 'keks.$.retiredAt': instantDate(now) } },
      ),
    );
    faultPoint('rotation.after-retired');
    this.engine.keks.drop([id]);
    return modifiedCount === 1;
  }

  async #read(): Promise<VaultMeta> {
    const meta = await this.engine.store.run(() => this.#meta.findOne({ _id: PART }));
    if (meta === null) throw unclaimed();
    return meta;
  }

  /** Keys and secrets that are wrapped under such a KEK. */
  async #count(kek: { readonly $eq: KekId } | { readonly $ne: KekId }): Promise<[number, number]> {
    const { keys, secrets } = this.engine.rows;
    return this.engine.store.run(async () => [
      await keys.countDocuments({ kek: { $gt: '' as KekId, ...kek } }),
      await secrets.countDocuments({ kek }),
    ]);
  }

  async #statusOf(kek: KekRow, current: KekId, now: Instant): Promise<KekStatus> {
    const { id, createdAt, rotatedAt, dueAt, retiredAt } = kek;
    const [keys, secrets] = await this.#count({ $eq: id });
    const status = {
      id,
      state: stateOf(kek, current),
      createdAt: instantOf(createdAt),
      ...(rotatedAt === undefined ? {} : { rotatedAt: instantOf(rotatedAt) }),
      ...(dueAt === undefined ? {} : { dueAt: instantOf(dueAt) }),
      ...(retiredAt === undefined ? {} : { retiredAt: instantOf(retiredAt) }),
      liveRows: keys + secrets,
    };
    return { ...status, overdue: isOverdue(status, now, this.settings) };
  }
}

function stateOf({ id, retiredAt }: KekRow, current: KekId): 'current' | 'retiring' | 'retired' {
  if (id === current) return 'current';
  return retiredAt === undefined ? 'retiring' : 'retired';
}

function unnamedStatus({ id, createdAt }: KekEntry): KekStatus {
  return { id, state: 'unnamed', createdAt, liveRows: 0, overdue: false };
}
