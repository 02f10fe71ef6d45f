import {
  instantOf,
  IntegrityError,
  millisOf,
  type Category,
  type EventId,
  type KekId,
  type KeyId,
  type Scope,
  type SubjectId,
} from '#kernel';
import type { SqlValue } from '#sqlite-file';

import type { CopiedFence, CopiedKek, CopiedKey } from '../copying.js';
import { uuidBytes, uuidOf } from './uuid-bytes.js';

/** A KEK as it is selected and inserted. */
export interface KekRow {
  readonly id: Uint8Array;
  readonly state: CopiedKek['state'];
  readonly created_at: number;
  readonly rotated_at: number | null;
  readonly due_at: number | null;
  readonly retired_at: number | null;
}

/** A key's row with the id of its KEK in the place of that one's number. */
export interface KeyRow {
  readonly number: number;
  readonly id: Uint8Array;
  readonly subject: Uint8Array;
  readonly category: Category;
  readonly scope: Scope;
  readonly state: 'live' | 'fenced' | 'destroyed';
  readonly kek: Uint8Array | null;
  readonly wrapped: Uint8Array | null;
  readonly fingerprint: Uint8Array;
  readonly created_at: number;
  readonly event: Uint8Array | null;
  readonly destroyed_at: number | null;
  readonly grave: number | null;
}

export interface FenceRow {
  readonly subject: Uint8Array;
  readonly category: Category;
  readonly scope: Scope;
  readonly event: Uint8Array;
}

export function kekOfRow(row: KekRow): CopiedKek {
  const { rotated_at: rotated, due_at: due, retired_at: retired } = row;
  return {
    id: uuidOf<KekId>(row.id),
    state: row.state,
    createdAt: instantOf(row.created_at),
    ...(rotated === null ? {} : { rotatedAt: instantOf(rotated) }),
    ...(due === null ? {} : { dueAt: instantOf(due) }),
    ...(retired === null ? {} : { retiredAt: instantOf(retired) }),
  };
}

export function valuesOfKek(kek: CopiedKek): readonly SqlValue[] {
  const { rotatedAt, dueAt, retiredAt } = kek;
  const moments = [rotatedAt, dueAt, retiredAt].map((at) =>
    at === undefined ? null : millisOf(at),
  );
  return [uuidBytes(kek.id), kek.state, millisOf(kek.createdAt), ...moments];
}

export function keyOfRow(row: KeyRow): CopiedKey {
  return {
    ref: {
      subject: uuidOf<SubjectId>(row.subject),
      category: row.category,
      scope: row.scope,
      key: uuidOf<KeyId>(row.id),
    },
    fingerprint: row.fingerprint,
    createdAt: instantOf(row.created_at),
    is: standingOf(row),
  };
}

function standingOf(row: KeyRow): CopiedKey['is'] {
  const { state } = row;
  if (state === 'destroyed') {
    const [by, at] = [uuidOf<EventId>(present(row.event)), instantOf(present(row.destroyed_at))];
    return { state, by, at, grave: present(row.grave) };
  }
  const wrapped = { kek: uuidOf<KekId>(present(row.kek)), wrapped: present(row.wrapped) };
  if (state === 'live') return { state, ...wrapped };
  return { state, ...wrapped, by: uuidOf<EventId>(present(row.event)) };
}

/** In the order of the columns of `keys`, the KEK by its id. */
export function valuesOfKey({ ref, fingerprint, createdAt, is }: CopiedKey): readonly SqlValue[] {
  const { key, subject, category, scope } = ref;
  const isWrapped = is.state !== 'destroyed';
  return [
    uuidBytes(key),
    uuidBytes(subject),
    category,
    scope,
    is.state,
    isWrapped ? uuidBytes(is.kek) : null,
    isWrapped ? is.wrapped : null,
    fingerprint,
    millisOf(createdAt),
    is.state === 'live' ? null : uuidBytes(is.by),
    isWrapped ? null : millisOf(is.at),
    isWrapped ? null : is.grave,
  ];
}

export function fenceOfRow({ subject, category, scope, event }: FenceRow): CopiedFence {
  return { subject: uuidOf(subject), category, scope, by: uuidOf(event) };
}

/** What the schema's checks make sure of; a row that lacks it was not written by us. */
function present<T>(value: T | null): T {
  if (value === null) throw new IntegrityError('store-corrupt', 'vault: a key row lacks a part');
  return value;
}
