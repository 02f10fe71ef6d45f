import type { Collection } from 'mongodb';

import { instantOf } from '#kernel';
import { onceMoreIfDuplicate } from '#mongo-store';

import type { Lease, Leases, Living, Presence } from '../port.js';
import { writing, type Engine } from './engine.js';
import { ROWS, type LeaseRow, type PresenceRow } from './schema.js';

/**
 * Leases, each a document that one update takes or leaves, on the server's time: clocks of processes
 * that differ neither shorten a lease nor make it longer.
 */
export class MongoLeases implements Leases {
  readonly #rows: Collection<LeaseRow>;

  constructor(private readonly engine: Engine) {
    this.#rows = engine.store.db.collection(ROWS.leases);
  }

  async acquire(name: string, holder: string, ttlMillis: number): Promise<Lease | undefined> {
    const now = this.engine.now();
    const own = { $eq: ['$holder', { $literal: holder }] };
    const taken = { $and: [{ $not: [own] }, { $gt: ['$expiresAt', now] }] };
    const unlessTaken = (field: string, value: object) => ({ $cond: [taken, `$${field}`, value] });
    const next = { $add: [{ $ifNull: ['$epoch', 0] }, 1] };
    // All of a stage sees the document as it was before it.
    const take = {
      epoch: unlessTaken('epoch', { $cond: [own, '$epoch', next] }),
      holder: unlessTaken('holder', { $literal: holder }),
      expiresAt: unlessTaken('expiresAt', { $add: [now, ttlMillis] }),
    };
    const options = { upsert: true, returnDocument: 'after' } as const;
    const row = await writing(this.engine, () =>
      onceMoreIfDuplicate(() =>
        this.#rows.findOneAndUpdate({ _id: name }, [{ $set: take }], options),
      ),
    );
    return row?.holder === holder ? leaseOf(row) : undefined;
  }

  async release(name: string, holder: string): Promise<void> {
    const end = { $set: { expiresAt: { $min: ['$expiresAt', this.engine.now()] } } };
    await writing(this.engine, () => this.#rows.updateOne({ _id: name, holder }, [end]));
  }

  async list(): Promise<readonly Lease[]> {
    const held = { $expr: { $gt: ['$expiresAt', this.engine.now()] } };
    const rows = await this.engine.store.run(() =>
      this.#rows.find(held).sort({ _id: 1 }).toArray(),
    );
    return rows.map(leaseOf);
  }
}

function leaseOf({ _id, epoch, holder, expiresAt }: LeaseRow): Lease {
  return { name: _id, epoch, holder, expiresAt: instantOf(expiresAt) };
}

/** Who may hold keys in memory, on the server's time too. */
export class MongoPresence implements Presence {
  readonly #rows: Collection<PresenceRow>;

  constructor(private readonly engine: Engine) {
    this.#rows = engine.store.db.collection(ROWS.presence);
  }

  async beat(process: string, what: string, cacheMillis: number): Promise<void> {
    const now = this.engine.now();
    const living = { what: { $literal: what }, until: { $add: [now, cacheMillis] } };
    await writing(this.engine, async () => {
      await this.#rows.deleteMany({ $expr: { $lte: ['$until', now] } });
      await onceMoreIfDuplicate(() =>
        this.#rows.updateOne({ _id: process }, [{ $set: living }], { upsert: true }),
      );
    });
  }

  async leave(process: string): Promise<void> {
    await writing(this.engine, () => this.#rows.deleteOne({ _id: process }));
  }

  async others(process: string): Promise<readonly Living[]> {
    const living = { _id: { $ne: process }, $expr: { $gt: ['$until', this.engine.now()] } };
    const rows = await this.engine.store.run(() =>
      this.#rows.find(living).sort({ _id: 1 }).toArray(),
    );
    return rows.map(({ _id, what, until }) => ({ process: _id, what, until: instantOf(until) }));
  }
}
