import type { JsonObject } from '#kernel';
import { createMeta, tag, type Database, type FileFormat, type SqlValue } from '#sqlite-file';

import type { Index, Scalar } from '../port.js';
import { fieldReader, isScalar } from '../values.js';

/** The part of the ledger that this file belongs to, as in `Outage`. */
export const PART = 'views';

/**
 * Views can be rebuilt, so a commit need not be on the disk; what is lost in a power cut is lost
 * together with its checkpoint. What was deleted is overwritten, and `scrub` does the rest.
 */
export const VIEWS_FORMAT: FileFormat = {
  part: PART,
  applicationId: tag('PLvw'),
  migrations: [createCatalog],
  secureDelete: true,
  synchronous: 'NORMAL',
  cacheKib: 65_536,
  autoCheckpointPages: 8_000,
};

function createCatalog(db: Database): void {
  createMeta(db);
  db.exec(`
    CREATE TABLE epochs (view TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE builds (
      build INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL,
      view TEXT NOT NULL,
      version INTEGER NOT NULL,
      indexes TEXT NOT NULL,
      state TEXT NOT NULL,
      checkpoint TEXT NOT NULL,
      written INTEGER NOT NULL,
      indexed INTEGER NOT NULL,
      parked_position TEXT,
      parked_reason TEXT,
      parked_at TEXT
    ) STRICT;
    CREATE UNIQUE INDEX builds_live ON builds (view) WHERE state = 'live';
  `);
}

/** A `value` index: a column of the document's row. */
export interface ValueIndex {
  readonly field: string;
  readonly column: string;
  readonly read: (doc: JsonObject) => SqlValue;
}

/** An `array` index: rows of their own, under a number. */
export interface ListIndex {
  readonly field: string;
  readonly number: number;
  readonly read: (doc: JsonObject) => readonly SqlValue[];
}

/**
 * Where a build keeps its documents: a row each with a column per `value` index; a row per element
 * of the `array` indexes; and the ids of dropped documents.
 */
export interface Layout {
  readonly docs: string;
  readonly arrays: string;
  readonly dropped: string;
  readonly values: readonly ValueIndex[];
  readonly lists: readonly ListIndex[];
}

export function layoutOf(build: number, indexes: readonly Index[]): Layout {
  const fieldsOf = (kind: Index['kind']) =>
    indexes.filter((index) => index.kind === kind).map(({ field }) => field);
  const n = String(build);
  return {
    docs: `docs_${n}`,
    arrays: `arrays_${n}`,
    dropped: `dropped_${n}`,
    values: fieldsOf('value').map(valueIndex),
    lists: fieldsOf('array').map(listIndex),
  };
}

function valueIndex(field: string, number: number): ValueIndex {
  const read = fieldReader(field);
  return {
    field,
    column: `f${String(number)}`,
    read: (doc) => {
      const value = read(doc);
      return isScalar(value) ? stored(value) : null;
    },
  };
}

function listIndex(field: string, number: number): ListIndex {
  const read = fieldReader(field);
  return { field, number, read: (doc) => storedList(read(doc)) };
}

/** The elements of an array as they are stored; none for anything else. */
function storedList(value: unknown): readonly SqlValue[] {
  return Array.isArray(value) ? value.filter(isScalar).map(stored) : [];
}

const FALSE = new Uint8Array([0]);
const TRUE = new Uint8Array([1]);

/**
 * A scalar as SQLite stores it. Its own order (NULL, numbers, text by UTF-8 bytes, blobs) is that of
 * `compareScalars`, with blobs for booleans, so that every comparison can use an index.
 */
export function stored(value: Scalar): SqlValue {
  if (value === true) return TRUE;
  if (value === false) return FALSE;
  return typeof value === 'string' ? withoutNul(value) : value;
}

/**
 * The driver ends a text that it binds at the first NUL. U+0000 and U+0001 are written as two
 * characters each, in a way that keeps the order of all texts and makes no two the same.
 */
function withoutNul(text: string): string {
  if (!text.includes('\u0000') && !text.includes('\u0001')) return text;
  return text.replaceAll('\u0001', '\u0001\u0002').replaceAll('\u0000', '\u0001\u0001');
}

/** Makes the tables of a build, without its indexes. */
export function createTables(db: Database, layout: Layout): void {
  const { docs, arrays, dropped } = layout;
  db.exec(`
    CREATE TABLE ${docs} (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      position TEXT NOT NULL,
      doc TEXT NOT NULL
      ${layout.values.map(({ column }) => `, ${column} ANY`).join('')}
    ) STRICT;
    CREATE TABLE ${arrays} (
      field INTEGER NOT NULL,
      value ANY NOT NULL,
      doc INTEGER NOT NULL,
      PRIMARY KEY (field, value, doc)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE ${dropped} (
      id TEXT PRIMARY KEY,
      position TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `);
}
