import { instantOf, millisOf, type KekId, type KeyId, type LedgerId } from '#kernel';
import type { SqlValue } from '#sqlite-file';

import type { CopiedKek, CopiedPage, CopiedRows, CopiedTable, VaultCopying } from '../copying.js';
import type { Credential } from '../port.js';
import {
  fenceOfRow,
  kekOfRow,
  keyOfRow,
  valuesOfKek,
  valuesOfKey,
  type FenceRow,
  type KekRow,
  type KeyRow,
} from './copied-rows.js';
import type { Engine } from './engine.js';
import { reading } from './reading.js';
import { uuidBytes, uuidOf } from './uuid-bytes.js';

interface SecretRow {
  readonly name: string;
  readonly kek: Uint8Array;
  readonly wrapped: Uint8Array;
}

interface ReservationRow {
  readonly hash: string;
  readonly stream: string;
  readonly key: Uint8Array;
}

interface CredentialRow {
  readonly id: string;
  readonly hash: string;
  readonly label: string;
  readonly role: Credential['role'];
  readonly created_at: number;
  readonly revoked_at: number | null;
}

const KEK = '(SELECT id FROM keks WHERE keks.number = kek) AS kek';
const NUMBER = '(SELECT number FROM keks WHERE id = ?)';

const SELECT = {
  keys: `
    SELECT number, id, subject, category, scope, state, ${KEK}, wrapped, fingerprint, created_at,
      event, destroyed_at, grave
    FROM keys WHERE number > ? ORDER BY number LIMIT ?`,
  fences: `
    SELECT subject, category, scope, event FROM fences WHERE (subject, category, scope) > (?, ?, ?)
    ORDER BY subject, category, scope LIMIT ?`,
  secrets: `SELECT name, ${KEK}, wrapped FROM secrets WHERE name > ? ORDER BY name LIMIT ?`,
  reservations: 'SELECT * FROM reservations WHERE hash > ? ORDER BY hash LIMIT ?',
  credentials: 'SELECT * FROM credentials WHERE id > ? ORDER BY id LIMIT ?',
} as const satisfies Record<CopiedTable, string>;

/** What is there stays; whatever else stands in the way is refused by the schema. */
const INSERT = {
  keys: `
    INSERT INTO keys (id, subject, category, scope, state, kek, wrapped, fingerprint, created_at,
      event, destroyed_at, grave)
    VALUES (?, ?, ?, ?, ?, ${NUMBER}, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  fences: 'INSERT INTO fences VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  secrets: `INSERT INTO secrets VALUES (?, ${NUMBER}, ?) ON CONFLICT DO NOTHING`,
  reservations: 'INSERT INTO reservations VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  credentials: 'INSERT INTO credentials VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
} as const satisfies Record<CopiedTable, string>;

const INSERT_KEK = `
  INSERT INTO keks (id, state, created_at, rotated_at, due_at, retired_at)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;

/** Takes the vault's SQLite file to another vault, and another one here. */
export class SqliteCopying implements VaultCopying {
  constructor(private readonly engine: Engine) {}

  async keks(): Promise<readonly CopiedKek[]> {
    const rows = this.engine.reader.prepare<KekRow>('SELECT * FROM keks ORDER BY number');
    return reading(() => rows.all()).map(kekOfRow);
  }

  async page(table: CopiedTable, after: string, limit: number): Promise<CopiedPage> {
    switch (table) {
      case 'keys': {
        const found = this.#select<KeyRow>(table, [Number(after)], limit);
        const next = nextOf(found, limit, ({ number }) => String(number));
        return { table, rows: found.map(keyOfRow), next };
      }
      case 'fences': {
        const rows = this.#select<FenceRow>(table, placeOf(after), limit).map(fenceOfRow);
        const place = (one: (typeof rows)[number]) => `${one.subject}:${one.category}:${one.scope}`;
        return { table, rows, next: nextOf(rows, limit, place) };
      }
      case 'secrets': {
        const found = this.#select<SecretRow>(table, [after], limit);
        const rows = found.map((row) => ({ ...row, kek: uuidOf<KekId>(row.kek) }));
        return { table, rows, next: nextOf(rows, limit, ({ name }) => name) };
      }
      case 'reservations': {
        const found = this.#select<ReservationRow>(table, [after], limit);
        const rows = found.map((row) => ({ ...row, key: uuidOf<KeyId>(row.key) }));
        return { table, rows, next: nextOf(rows, limit, ({ hash }) => hash) };
      }
      case 'credentials': {
        const rows = this.#select<CredentialRow>(table, [after], limit).map(credentialOf);
        return { table, rows, next: nextOf(rows, limit, ({ id }) => id) };
      }
    }
  }

  async takeKeks(ledger: LedgerId, keks: readonly CopiedKek[]): Promise<void> {
    const { writer, commit, ledger: cell } = this.engine;
    const insert = writer.prepare(INSERT_KEK);
    await commit.run(() => {
      cell.claim(writer, ledger);
      for (const kek of keks) insert.run(...valuesOfKek(kek));
    });
  }

  async take(taken: CopiedRows): Promise<void> {
    const { writer, commit } = this.engine;
    const insert = writer.prepare(INSERT[taken.table]);
    const all = valuesOf(taken);
    await commit.run(() => {
      for (const values of all) insert.run(...values);
    });
  }

  #select<Row>(table: CopiedTable, after: readonly SqlValue[], limit: number): Row[] {
    const rows = this.engine.reader.prepare<Row>(SELECT[table]);
    return reading(() => rows.all(...after, limit));
  }
}

function valuesOf(taken: CopiedRows): readonly (readonly SqlValue[])[] {
  switch (taken.table) {
    case 'keys':
      return taken.rows.map(valuesOfKey);
    case 'fences':
      return taken.rows.map(({ subject, category, scope, by }) => [
        uuidBytes(subject),
        category,
        scope,
        uuidBytes(by),
      ]);
    case 'secrets':
      return taken.rows.map(({ name, kek, wrapped }) => [name, uuidBytes(kek), wrapped]);
    case 'reservations':
      return taken.rows.map(({ hash, stream, key }) => [hash, stream, uuidBytes(key)]);
    case 'credentials':
      return taken.rows.map(({ id, hash, label, role, createdAt, revokedAt }) => {
        const revoked = revokedAt === undefined ? null : millisOf(revokedAt);
        return [id, hash, label, role, millisOf(createdAt), revoked];
      });
  }
}

function nextOf<Row>(
  rows: readonly Row[],
  limit: number,
  cursor: (row: Row) => string,
): string | undefined {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? undefined : cursor(last);
}

/** The coordinates of a fence; only the scope may hold a colon. */
function placeOf(cursor: string): readonly SqlValue[] {
  const [subject = '', category = '', ...scope] = cursor.split(':');
  return [Buffer.from(subject.replaceAll('-', ''), 'hex'), category, scope.join(':')];
}

function credentialOf({ revoked_at, created_at, ...row }: CredentialRow): Credential {
  const revoked = revoked_at === null ? {} : { revokedAt: instantOf(revoked_at) };
  return { ...row, createdAt: instantOf(created_at), ...revoked };
}
