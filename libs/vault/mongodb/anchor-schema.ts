import {
  instantOf,
  IntegrityError,
  isUuid,
  type EventId,
  type KeyId,
  type LedgerId,
} from '#kernel';
import { INDEXING, type Meta, type MongoStore } from '#mongo-store';

import type { AnchoredKey } from '../anchor.js';
import { isHead, isRestoredLog, type RestoredLog, type SignedHead } from '../heads.js';

/** The part of the ledger that this database is, as in `Outage`. */
export const ANCHOR = 'anchor';
export const ANCHOR_FORMAT = 1;

export interface AnchorMeta extends Meta {
  readonly ledger: LedgerId;
  /** The last number that was given to a key, or was meant for one. */
  readonly noted: number;
}

export interface DestroyedRow {
  /** Its number in the order of noting. Some are missing: of a noting that failed. */
  readonly _id: number;
  readonly key: KeyId;
  readonly by: EventId;
  readonly at: Date;
}

export interface HeadRow extends SignedHead {
  /** `origin:size`: there is one head of each. */
  readonly _id: string;
}

export interface RestoredRow extends Omit<RestoredLog, 'at' | 'by'> {
  /** The origin: there is one of each. */
  readonly _id: string;
  readonly by: readonly string[];
  readonly at: Date;
}

/** Names of the collections. */
export const ANCHOR_ROWS = {
  destroyed: 'destroyed',
  heads: 'heads',
  restored: 'restored',
} as const;

export async function makeAnchorIndexes(store: MongoStore): Promise<void> {
  await store.patiently((db) =>
    db.collection(ANCHOR_ROWS.heads).createIndexes([{ key: { origin: 1, size: 1 } }], INDEXING),
  );
}

/** @throws IntegrityError `anchor-unreadable` */
export function keyOfRow({ key, by, at }: DestroyedRow): AnchoredKey {
  if (!isUuid(key) || !isUuid(by) || Number.isNaN(Number(at))) throw unreadable();
  return { key, by, at: instantOf(at) };
}

/** @throws IntegrityError `anchor-unreadable` */
export function headOfRow({ origin, size, root }: HeadRow): SignedHead {
  const head = { origin, size, root };
  if (!isHead(head)) throw unreadable();
  return head;
}

/** @throws IntegrityError `anchor-unreadable` */
export function restoredOfRow({ origin, follows, size, by, at }: RestoredRow): RestoredLog {
  const [one, other] = by;
  if (one === undefined || other === undefined || Number.isNaN(Number(at))) throw unreadable();
  const { origin: before, size: had, root } = follows;
  const restored: RestoredLog = {
    origin,
    follows: { origin: before, size: had, root },
    size,
    by: [one, other],
    at: instantOf(at),
  };
  if (!isRestoredLog(restored)) throw unreadable();
  return restored;
}

function unreadable(): IntegrityError {
  return new IntegrityError('anchor-unreadable', 'the anchor holds a document that is not its own');
}
