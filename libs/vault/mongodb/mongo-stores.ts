import type { Collection } from 'mongodb';

import { instantOf, IntegrityError, type Instant, type KeyId } from '#kernel';
import { inChunks, insertedFirst, onceMoreIfDuplicate } from '#mongo-store';

import {
  Overtaken,
  type Credential,
  type Credentials,
  type Notes,
  type Reservations,
} from '../port.js';
import { STALE_MILLIS, writing, type Engine } from './engine.js';
import {
  instantDate,
  ROWS,
  type CredentialRow,
  type NoteRow,
  type ReservationRow,
} from './schema.js';

export class MongoReservations implements Reservations {
  readonly #rows: Collection<ReservationRow>;

  constructor(private readonly engine: Engine) {
    this.#rows = engine.store.db.collection(ROWS.reservations);
  }

  async reserve(hash: string, stream: string, key: KeyId): Promise<string> {
    const unlessHeld = { $setOnInsert: { stream, key } };
    const options = { upsert: true, returnDocument: 'after' } as const;
    const row = await writing(this.engine, () =>
      onceMoreIfDuplicate(() => this.#rows.findOneAndUpdate({ _id: hash }, unlessHeld, options)),
    );
    return row?.stream ?? stream;
  }

  async release(hash: string, stream: string): Promise<void> {
    await writing(this.engine, () => this.#rows.deleteOne({ _id: hash, stream }));
  }

  async releaseByKeys(keys: readonly KeyId[]): Promise<void> {
    await writing(this.engine, () =>
      inChunks(keys, (some) => this.#rows.deleteMany({ key: { $in: [...some] } })),
    );
  }

  async holder(hash: string): Promise<string | undefined> {
    const row = await this.engine.store.run(() => this.#rows.findOne({ _id: hash }));
    return row?.stream;
  }
}

export class MongoCredentials implements Credentials {
  readonly #rows: Collection<CredentialRow>;

  constructor(private readonly engine: Engine) {
    this.#rows = engine.store.db.collection(ROWS.credentials);
  }

  async add({ id, hash, label, role, createdAt, revokedAt }: Credential): Promise<void> {
    const row: CredentialRow = {
      _id: id,
      hash,
      label,
      role,
      createdAt: instantDate(createdAt),
      ...(revokedAt === undefined ? {} : { revokedAt: instantDate(revokedAt) }),
    };
    const first = await writing(this.engine, () => insertedFirst(() => this.#rows.insertOne(row)));
    if (!first) throw new IntegrityError('credential-exists', 'a token was added before');
  }

  async byHash(hash: string): Promise<Credential | undefined> {
    const row = await this.engine.store.inFreshSession(STALE_MILLIS, (_, session) =>
      this.#rows.findOne({ hash }, { session }),
    );
    return row === null ? undefined : credentialOf(row);
  }

  async list(): Promise<readonly Credential[]> {
    const rows = await this.engine.store.run(() =>
      this.#rows.find().sort({ createdAt: 1, _id: 1 }).toArray(),
    );
    return rows.map(credentialOf);
  }

  async revoke(id: string, at: Instant): Promise<boolean> {
    const living = { _id: id, revokedAt: { $exists: false } };
    const { modifiedCount } = await writing(this.engine, () =>
      this.#rows.updateOne(living, { $set: { revokedAt: instantDate(at) } }),
    );
    return modifiedCount === 1;
  }
}

function credentialOf({ _id, hash, label, role, createdAt, revokedAt }: CredentialRow): Credential {
  const revoked = revokedAt === undefined ? {} : { revokedAt: instantOf(revokedAt) };
  return { id: _id, hash, label, role, createdAt: instantOf(createdAt), ...revoked };
}

export class MongoNotes implements Notes {
  readonly #rows: Collection<NoteRow>;

  constructor(private readonly engine: Engine) {
    this.#rows = engine.store.db.collection(ROWS.notes);
  }

  async note(name: string): Promise<string | undefined> {
    return (await this.engine.store.run(() => this.#rows.findOne({ _id: name })))?.value;
  }

  /** Where it was overtaken the note stays as it is, and its epoch tells. */
  async setNote(name: string, value: string, epoch?: number): Promise<void> {
    const before = { $ifNull: ['$epoch', 0] };
    const written = { $literal: value };
    const set =
      epoch === undefined
        ? { value: written }
        : {
            value: { $cond: [{ $gt: [before, epoch] }, '$value', written] },
            epoch: { $max: [before, epoch] },
          };
    const options = { upsert: true, returnDocument: 'after' } as const;
    const row = await writing(this.engine, () =>
      onceMoreIfDuplicate(() =>
        this.#rows.findOneAndUpdate({ _id: name }, [{ $set: set }], options),
      ),
    );
    if (epoch !== undefined && (row?.epoch ?? 0) > epoch) throw new Overtaken();
  }
}
