import { Binary } from 'mongodb';

import {
  instantOf,
  IntegrityError,
  type Category,
  type Instant,
  type Scope,
  type SubjectId,
} from '#kernel';

import type { CopiedFence, CopiedKek, CopiedKey } from '../copying.js';
import type { Credential } from '../port.js';
import {
  coordinatesOf,
  instantDate,
  type CredentialRow,
  type KekRow,
  type KeyRow,
  type VaultMeta,
} from './schema.js';

export function keksOf({ keks, current }: VaultMeta): readonly CopiedKek[] {
  return keks.map(({ id, createdAt, rotatedAt, dueAt, retiredAt }) => ({
    id,
    state: id === current ? 'current' : retiredAt === undefined ? 'retiring' : 'retired',
    createdAt: instantOf(createdAt),
    ...(rotatedAt === undefined ? {} : { rotatedAt: instantOf(rotatedAt) }),
    ...(dueAt === undefined ? {} : { dueAt: instantOf(dueAt) }),
    ...(retiredAt === undefined ? {} : { retiredAt: instantOf(retiredAt) }),
  }));
}

export function rowOfKek({ id, createdAt, rotatedAt, dueAt, retiredAt }: CopiedKek): KekRow {
  return {
    id,
    createdAt: instantDate(createdAt),
    ...(rotatedAt === undefined ? {} : { rotatedAt: instantDate(rotatedAt) }),
    ...(dueAt === undefined ? {} : { dueAt: instantDate(dueAt) }),
    ...(retiredAt === undefined ? {} : { retiredAt: instantDate(retiredAt) }),
  };
}

/** A row that has a key. */
export function keyOfRow(row: KeyRow): CopiedKey {
  return {
    ref: { ...placeOf(row), key: present(row.key) },
    fingerprint: present(row.fingerprint).buffer,
    createdAt: instantOf(present(row.createdAt)),
    is: standingOf(row),
  };
}

function standingOf(row: KeyRow): CopiedKey['is'] {
  const { state } = row;
  if (state === 'destroyed') {
    const at = instantOf(present(row.destroyedAt));
    return { state, by: present(row.event), at, grave: present(row.grave) };
  }
  const wrapped = { kek: present(row.kek), wrapped: present(row.wrapped).buffer };
  return state === 'live' ? { state, ...wrapped } : { state, ...wrapped, by: present(row.event) };
}

export function rowOfKey({ ref, fingerprint, createdAt, is }: CopiedKey): KeyRow {
  const { key, subject, category, scope } = ref;
  const row = {
    _id: coordinatesOf(subject, category, scope),
    key,
    state: is.state,
    fingerprint: new Binary(fingerprint),
    createdAt: instantDate(createdAt),
  };
  if (is.state === 'destroyed') {
    return { ...row, event: is.by, destroyedAt: instantDate(is.at), grave: is.grave };
  }
  const wrapped = { ...row, kek: is.kek, wrapped: new Binary(is.wrapped) };
  return is.state === 'live' ? wrapped : { ...wrapped, event: is.by };
}

/** A row that never had a key. */
export function fenceOfRow(row: KeyRow): CopiedFence {
  return { ...placeOf(row), by: present(row.event) };
}

export function credentialOfRow({
  _id: id,
  createdAt,
  revokedAt,
  ...row
}: CredentialRow): Credential {
  const revoked = revokedAt === undefined ? {} : { revokedAt: instantOf(revokedAt) };
  return { id, ...row, createdAt: instantOf(createdAt), ...revoked };
}

export function rowOfCredential({ id, createdAt, revokedAt, ...rest }: Credential): CredentialRow {
  const date = (at: Instant) => instantDate(at);
  const revoked = revokedAt === undefined ? {} : { revokedAt: date(revokedAt) };
  return { _id: id, ...rest, createdAt: date(createdAt), ...revoked };
}

/** As `coordinatesOf` has written them. */
function placeOf({ _id }: KeyRow): Pick<CopiedFence, 'subject' | 'category' | 'scope'> {
  const [, subject, category, scope] = /^([^:]+):([^:]+):(.*)$/su.exec(_id) ?? [];
  return {
    subject: present(subject) as SubjectId,
    category: present(category) as Category,
    scope: present(scope) as Scope,
  };
}

/** A row that lacks a part was not written by us. */
function present<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new IntegrityError('store-corrupt', 'vault: a key row lacks a part');
  }
  return value;
}
