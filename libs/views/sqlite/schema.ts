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
      parked_position TEXT,
      parked_reason TEXT,
      parked_at TEXT
    ) STRICT;
    CREATE UNIQUE INDEX builds_live ON builds (view) WHERE state = 'live';
  `);
}

/** A field and where its value is kept. */
export interface ValueColumn {
  readonly column: string;
  readonly read: (doc: JsonObject) => SqlValue;
}
export interface ArrayField {
  readonly number: number;
  /** SQL that gives the field of a stored document as JSON. */
  readonly json: string;
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
  readonly values: ReadonlyMap<string, ValueColumn>;
  readonly lists: ReadonlyMap<string, ArrayField>;
}

export function layoutOf(build: number, indexes: readonly Index[]): Layout {
  const values = new Map<string, ValueColumn>();
  const lists = new Map<string, ArrayField>();
  for (const { field, kind } of indexes) {
    if (kind === 'value') values.set(field, valueColumn(field, values.size));
    else lists.set(field, arrayField(field, lists.size));
  }
  const n = String(build);
  return { docs: `docs_${n}`, arrays: `arrays_${n}`, dropped: `dropped_${n}`, values, lists };
}

function valueColumn(field: string, number: number): ValueColumn {
  const read = fieldReader(field);
  return {
    column: `f${String(number)}`,
    read: (doc) => {
      const value = read(doc);
      return isScalar(value) ? stored(value) : null;
    },
  };
}

function arrayField(field: string, number: number): ArrayField {
  const read = fieldReader(field);
  const path = field.split('.').map((name) => `."${name}"`);
  return {
    number,
    json: `doc -> '$${path.join('')}'`,
    read: (doc) => storedList(read(doc)),
  };
}

/** The elements of an array as they are stored; none for anything else. */
export function storedList(value: unknown): readonly SqlValue[] {
  return Array.isArray(value) ? value.filter(isScalar).map(stored) : [];
}

const FALSE = new Uint8Array([0]);
const TRUE = new Uint8Array([1]);

/**
 * A scalar as SQLite stores it. Its own order (NULL, numbers, text by UTF-8 bytes, blobs) is that of
 * {@link compareScalars}, with blobs for booleans, so that every comparison can use an index.
 */
export function stored(value: Scalar): SqlValue {
  if (value === true) return TRUE;
  if (value === false) return FALSE;
  return value;
}

/** Makes the tables of a build. */
export function createTables(db: Database, layout: Layout): void {
  const { docs, arrays, dropped } = layout;
  const columns = [...layout.values.values()].map(({ column }) => column);
  db.exec(`
    CREATE TABLE ${docs} (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      position TEXT NOT NULL,
      doc TEXT NOT NULL
      ${columns.map((column) => `, ${column} ANY`).join('')}
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
  for (const column of columns) {
    db.exec(`CREATE INDEX ${docs}_${column} ON ${docs} (${column}, id)`);
  }
}
