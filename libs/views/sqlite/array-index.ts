import type { JsonObject } from '#kernel';
import type { Database, SqlValue, Statement } from '#sqlite-file';

import { BulkInsert } from './bulk-insert.js';
import type { Layout } from './schema.js';

/** An element of an array field of a document. */
interface Element {
  readonly field: number;
  readonly value: SqlValue;
  readonly doc: number;
}

/** The elements of the `array` indexes of one build. Changes are gathered, and written in order. */
export class ArrayIndex {
  readonly #fields: Layout['lists'];
  readonly #insert: BulkInsert;
  readonly #remove: Statement<never>;
  #added: Element[] = [];
  #removed: Element[] = [];

  constructor(db: Database, layout: Layout) {
    this.#fields = layout.lists;
    this.#insert = new BulkInsert(db, `INSERT OR IGNORE INTO ${layout.arrays}`, 3);
    this.#remove = db.prepare(
      `DELETE FROM ${layout.arrays} WHERE field = ? AND value = ? AND doc = ?`,
    );
  }

  /** Takes note of a change of a document; null where there is none before or after it. */
  change(doc: number, before: JsonObject | null, after: JsonObject | null): void {
    for (const { number: field, read } of this.#fields) {
      const old = before === null ? [] : read(before);
      const now = after === null ? [] : read(after);
      if (same(old, now)) continue;
      const kept = new Set(now.map(keyOf));
      const stood = new Set(old.map(keyOf));
      for (const value of old) {
        if (!kept.has(keyOf(value))) this.#removed.push({ field, value, doc });
      }
      for (const value of now) {
        if (!stood.has(keyOf(value))) this.#added.push({ field, value, doc });
      }
    }
  }

  /** Writes what was gathered. */
  flush(): void {
    const removed = this.#removed.sort(byValue);
    const added = this.#added.sort(byValue);
    this.forget();
    for (const { field, value, doc } of removed) this.#remove.run(field, value, doc);
    this.#insert.run(added.map(({ field, value, doc }) => [field, value, doc]));
  }

  /** Forgets what was gathered: a transaction that failed may have left something. */
  forget(): void {
    this.#added = [];
    this.#removed = [];
  }
}

function same(a: readonly SqlValue[], b: readonly SqlValue[]): boolean {
  return a.length === b.length && a.every((value, i) => keyOf(value) === keyOf(b[i] ?? null));
}

/** Equal for equal values and for no others: 0 and -0 are equal, 1 and "1" are not. */
function keyOf(value: SqlValue): string {
  if (typeof value === 'string') return `"${value}`;
  return value instanceof Uint8Array ? `b${String(value[0])}` : String(value);
}

/** Near values share pages. Any order of types will do. */
function byValue(a: Element, b: Element): number {
  if (a.field !== b.field) return a.field - b.field;
  const x = keyOf(a.value);
  const y = keyOf(b.value);
  if (x === y) return 0;
  return x < y ? -1 : 1;
}
