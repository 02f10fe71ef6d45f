import type { Binary } from 'mongodb';

import {
  IntegrityError,
  type Category,
  type EventId,
  type Instant,
  type KekId,
  type KeyId,
  type LedgerId,
} from '#kernel';
import { INDEXING, type Meta, type MongoStore } from '#mongo-store';

import type { Credential } from '../port.js';

/** The part of the ledger that this database is, as in `Outage`. */
export const PART = 'vault';
export const FORMAT = 1;

/** A KEK that the vault knows; retiring where it is not the current one and not retired. */
export interface KekRow {
  readonly id: KekId;
  readonly createdAt: Date;
  readonly rotatedAt?: Date;
  readonly dueAt?: Date;
  readonly retiredAt?: Date;
}

/** All that the vault says of itself, in one document: a change of it is one step for everybody. */
export interface VaultMeta extends Meta {
  readonly ledger: LedgerId;
  /** The KEK to wrap under. */
  readonly current: KekId;
  /** Oldest first. */
  readonly keks: readonly KekRow[];
  /** How many keys were destroyed: their number in the order of destruction. */
  readonly graves: number;
}

/**
 * One (subject, category, scope): a key, a tombstone, or a fence where there never was a key. The id
 * is the shard key, so what happens to a coordinate happens in one document.
 */
export interface KeyRow {
  /** `subject:category:scope`; only the scope may hold a colon. */
  readonly _id: string;
  /** Absent where the scope was fenced before it had a key. */
  readonly key?: KeyId;
  readonly state: 'live' | 'fenced' | 'destroyed';
  /** KEK and wrapped key are there until it is destroyed, and then no more. */
  readonly kek?: KekId;
  readonly wrapped?: Binary;
  readonly fingerprint?: Binary;
  readonly createdAt?: Date;
  /** The event that fenced or destroyed it. */
  readonly event?: EventId;
  readonly destroyedAt?: Date;
  readonly grave?: number;
}

export interface SecretRow {
  /** Its name. */
  readonly _id: string;
  readonly kek: KekId;
  readonly wrapped: Binary;
}

export interface ReservationRow {
  /** The keyed hash. */
  readonly _id: string;
  readonly stream: string;
  readonly key: KeyId;
}

export interface LeaseRow {
  readonly _id: string;
  readonly epoch: number;
  readonly holder: string;
  readonly expiresAt: Date;
}

export interface PresenceRow {
  readonly _id: string;
  readonly what: string;
  readonly until: Date;
}

export interface CredentialRow {
  readonly _id: string;
  readonly hash: string;
  readonly label: string;
  readonly role: Credential['role'];
  readonly createdAt: Date;
  readonly revokedAt?: Date;
}

export interface NoteRow {
  readonly _id: string;
  readonly value: string;
  /** The highest of the leases under which it was written, if it was under any. */
  readonly epoch?: number;
}

/** An instant in an aggregation: the server's own, or a given one. */
export type Now = () => '$$NOW' | Date;

/** Names of the collections. */
export const ROWS = {
  keys: 'keys',
  secrets: 'secrets',
  reservations: 'reservations',
  leases: 'leases',
  presence: 'presence',
  credentials: 'credentials',
  notes: 'notes',
} as const;

/**
 * Makes the indexes that are not there; nobody waits for that but the caller. Those of `keys` and
 * `reservations` are not unique, since those collections may be sharded; `credentials` is not.
 */
export async function makeIndexes(store: MongoStore): Promise<void> {
  await store.patiently(async (db) => {
    await db.collection(ROWS.keys).createIndexes(
      [
        { key: { key: 1 }, sparse: true },
        // Only rows that still hold a wrapped key: what a rotation walks.
        { key: { kek: 1 }, sparse: true },
        { key: { grave: 1 }, sparse: true },
      ],
      INDEXING,
    );
    await db.collection(ROWS.reservations).createIndexes([{ key: { key: 1 } }], INDEXING);
    await db
      .collection(ROWS.credentials)
      .createIndexes([{ key: { hash: 1 }, unique: true }], INDEXING);
  });
}

export function instantDate(at: Instant): Date {
  return new Date(at);
}

/** The coordinates of a key as the id of its row. */
export function coordinatesOf(subject: string, category: Category, scope: string): string {
  return `${subject}:${category}:${scope}`;
}

export function unclaimed(): IntegrityError {
  return new IntegrityError('vault-unclaimed', 'the vault has no ledger and no KEK yet');
}
