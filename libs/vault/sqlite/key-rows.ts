import {
  instantOf,
  IntegrityError,
  type Category,
  type EventId,
  type KeyId,
  type KeyRef,
  type LedgerId,
  type Scope,
  type SubjectId,
} from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import type { DestroyedKey, KeyState, KeyStatus } from '../port.js';
import { unwrapKey } from '../wrapping.js';
import type { KekRing } from './kek-ring.js';
import { uuidBytes, uuidOf } from './uuid-bytes.js';

/** A row of `keys` in the order of {@link COLUMNS}: arrays are cheaper to make than objects. */
export type KeyRow = readonly [
  id: Uint8Array,
  subject: Uint8Array,
  category: Category,
  scope: Scope,
  state: 'live' | 'fenced' | 'destroyed',
  kek: number | null,
  wrapped: Uint8Array | null,
  fingerprint: Uint8Array,
  createdAt: number,
  event: Uint8Array | null,
  destroyedAt: number | null,
  grave: number | null,
];

const COLUMNS =
  'id, subject, category, scope, state, kek, wrapped, fingerprint, created_at, event, destroyed_at, grave';

/** Prepares a query for rows of `keys`. */
export function keyRows(db: Database, where: string): Statement<KeyRow> {
  const statement = db.prepare<KeyRow>(`SELECT ${COLUMNS} FROM keys ${where}`);
  statement.setReturnArrays(true);
  return statement;
}

const CHUNK = 32;

/** Finds rows by key id, many with one statement: a call costs more than a row. */
export class KeysById {
  readonly #one: Statement<KeyRow>;
  readonly #many: Statement<KeyRow>;

  constructor(db: Database) {
    this.#one = keyRows(db, 'WHERE id = ?');
    this.#many = keyRows(db, `WHERE id IN (${Array<string>(CHUNK).fill('?').join()})`);
  }

  /** The rows there are, in no order; keys without one are left out. */
  find(keys: readonly KeyId[]): KeyRow[] {
    const ids = keys.map(uuidBytes);
    const rows: KeyRow[] = [];
    let at = 0;
    for (; at + CHUNK <= ids.length; at += CHUNK) {
      rows.push(...this.#many.all(...ids.slice(at, at + CHUNK)));
    }
    for (const id of ids.slice(at)) {
      const row = this.#one.get(id);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }
}

/** The KEKs that live rows among these need. */
export function keksOf(rows: Iterable<KeyRow>): Set<number> {
  const numbers = new Set<number>();
  for (const row of rows) {
    if (row[4] === 'live' && row[5] !== null) numbers.add(row[5]);
  }
  return numbers;
}

/** What a row says of its key; the KEK of a live one must be held. */
export function stateOfRow(
  row: KeyRow,
  ledger: LedgerId,
  keks: KekRing,
): Exclude<KeyState, { readonly state: 'missing' }> {
  const ref = refOfRow(row);
  switch (row[4]) {
    case 'live': {
      const kek = keks.held(present(row[5]));
      const place = { ledger, key: ref.key, kek: kek.id };
      const dek = unwrapKey(kek.key, place, present(row[6]));
      return { state: 'live', ref, dek, fingerprint: base64url(row[7]) };
    }
    case 'fenced':
      return { state: 'fenced', ref, by: uuidOf<EventId>(present(row[9])) };
    case 'destroyed':
      return { state: 'destroyed', ...destroyedOfRow(row) };
  }
}

export function destroyedOfRow(row: KeyRow): DestroyedKey {
  return {
    ref: refOfRow(row),
    fingerprint: base64url(row[7]),
    at: instantOf(present(row[10])),
    by: uuidOf<EventId>(present(row[9])),
  };
}

export function statusOfRow(row: KeyRow): KeyStatus {
  const [, , , , state, , , fingerprint, createdAt, event, destroyedAt] = row;
  return {
    ref: refOfRow(row),
    state,
    fingerprint: base64url(fingerprint),
    createdAt: instantOf(createdAt),
    ...(destroyedAt === null ? {} : { destroyedAt: instantOf(destroyedAt) }),
    ...(event === null ? {} : { by: uuidOf<EventId>(event) }),
  };
}

function refOfRow(row: KeyRow): KeyRef {
  return {
    subject: uuidOf<SubjectId>(row[1]),
    category: row[2],
    scope: row[3],
    key: uuidOf<KeyId>(row[0]),
  };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/** What the schema's checks make sure of; a row that lacks it was not written by us. */
function present<T>(value: T | null): T {
  if (value === null) throw new IntegrityError('store-corrupt', 'vault: a key row lacks a part');
  return value;
}
