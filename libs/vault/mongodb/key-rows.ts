import type { Binary } from 'mongodb';

import {
  instantOf,
  IntegrityError,
  type Category,
  type KekId,
  type KeyId,
  type KeyRef,
  type LedgerId,
  type Scope,
  type SubjectId,
} from '#kernel';

import type { DestroyedKey, KeyState, KeyStatus, Provisioned } from '../port.js';
import { unwrapKey } from '../wrapping.js';
import type { KekRing } from './kek-ring.js';
import type { KeyRow } from './schema.js';

/** The KEKs that live rows among these need. */
export function keksOf(rows: Iterable<KeyRow>): Set<KekId> {
  const ids = new Set<KekId>();
  for (const { state, kek } of rows) if (state === 'live' && kek !== undefined) ids.add(kek);
  return ids;
}

/** What a row says of its key; the KEK of a live one must be held. */
export function stateOfRow(
  row: KeyRow,
  ledger: LedgerId,
  keks: KekRing,
): Exclude<KeyState, { readonly state: 'missing' }> {
  const ref = refOfRow(row);
  switch (row.state) {
    case 'live': {
      const kek = present(row.kek);
      const dek = unwrapKey(
        keks.held(kek),
        { ledger, key: ref.key, kek },
        present(row.wrapped).buffer,
      );
      return { state: 'live', ref, dek, fingerprint: base64url(present(row.fingerprint)) };
    }
    case 'fenced':
      return { state: 'fenced', ref, by: present(row.event) };
    case 'destroyed':
      return { state: 'destroyed', ...destroyedOfRow(row) };
  }
}

/** What a row says to who wants a key there; a fence may stand where there never was one. */
export function provisionedOfRow(row: KeyRow, ledger: LedgerId, keks: KekRing): Provisioned {
  if (row.key !== undefined) return stateOfRow(row, ledger, keks);
  return { state: 'fenced', ref: undefined, by: present(row.event) };
}

export function destroyedOfRow(row: KeyRow): DestroyedKey {
  return {
    ref: refOfRow(row),
    fingerprint: base64url(present(row.fingerprint)),
    at: instantOf(present(row.destroyedAt)),
    by: present(row.event),
  };
}

export function statusOfRow(row: KeyRow): KeyStatus {
  const { state, destroyedAt, event } = row;
  return {
    ref: refOfRow(row),
    state,
    fingerprint: base64url(present(row.fingerprint)),
    createdAt: instantOf(present(row.createdAt)),
    ...(destroyedAt === undefined ? {} : { destroyedAt: instantOf(destroyedAt) }),
    ...(event === undefined ? {} : { by: event }),
  };
}

/** As `coordinatesOf` has written them. */
function refOfRow({ _id, key }: KeyRow): KeyRef {
  const [, subject, category, scope] = /^([^:]+):([^:]+):(.*)$/su.exec(_id) ?? [];
  return {
    subject: present(subject) as SubjectId,
    category: present(category) as Category,
    scope: present(scope) as Scope,
    key: present<KeyId>(key),
  };
}

function base64url(bytes: Binary): string {
  return Buffer.from(bytes.buffer).toString('base64url');
}

/** A row that lacks a part was not written by us. */
function present<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new IntegrityError('store-corrupt', 'vault: a key row lacks a part');
  }
  return value;
}
