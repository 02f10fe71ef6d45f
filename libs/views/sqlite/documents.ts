import type { JsonObject, Position } from '#kernel';
import { IntegrityError, isJsonObject, START } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import type { Node } from '../filter.js';
import type { Batch, Change, Standing } from '../port.js';
import { ArrayIndex } from './array-index.js';
import type { BuildRow } from './catalog.js';
import { filterSql } from './filter-sql.js';
import type { Layout } from './schema.js';

/**
 * What `load` gives: what was found, and where. Most of the work of a fold is finding rows, so the
 * write that follows uses it, if nobody has written between them.
 */
class Found implements Standing {
  constructor(
    /** Row of the document; undefined where there is none. */
    readonly seq: number | undefined,
    readonly position: Position,
    readonly doc: JsonObject | null,
    /** How often the build had been written when it was found. */
    readonly written: number,
  ) {}
}

/** A change and what it changes. */
interface Replacing {
  readonly change: Change;
  readonly before: Found;
}

/** The documents of one build, on the connection that writes. The caller holds the transaction. */
export class Documents {
  readonly #db: Database;
  readonly #layout: Layout;
  readonly #arrays: ArrayIndex;
  readonly #sql: Readonly<
    Record<'insert' | 'updateDoc' | 'updateAll' | 'remove' | 'drop' | 'undrop', Statement<never>>
  >;
  readonly #docsOf: Statement<[at: number, seq: number, position: Position, doc: string]>;
  readonly #droppedOf: Statement<[at: number, position: Position]>;
  readonly #anyDropped: Statement<[number]>;

  constructor(db: Database, layout: Layout) {
    this.#db = db;
    this.#layout = layout;
    this.#arrays = new ArrayIndex(db, layout);
    const { docs, dropped } = layout;
    const columns = layout.values.map(({ column }) => column);
    const all = ['id', 'position', 'doc', ...columns];
    const set = columns.map((column) => `, ${column} = ?`).join('');
    const asked = 'FROM json_each(?) AS asked CROSS JOIN';
    this.#sql = {
      insert: db.prepare(
        `INSERT INTO ${docs} (${all.join()}) VALUES (${all.map(() => '?').join()})`,
      ),
      // Writing a column rewrites its index, changed or not; mostly none is.
      updateDoc: db.prepare(`UPDATE ${docs} SET position = ?, doc = ? WHERE seq = ?`),
      updateAll: db.prepare(`UPDATE ${docs} SET position = ?, doc = ?${set} WHERE seq = ?`),
      remove: db.prepare(`DELETE FROM ${docs} WHERE seq = ?`),
      drop: db.prepare(`INSERT OR REPLACE INTO ${dropped} (id, position) VALUES (?, ?)`),
      undrop: db.prepare(`DELETE FROM ${dropped} WHERE id = ?`),
    };
    this.#docsOf = rows(
      db,
      `SELECT asked.key, seq, position, doc ${asked} ${docs} AS d ON d.id = asked.value`,
    );
    this.#droppedOf = rows(
      db,
      `SELECT asked.key, position ${asked} ${dropped} AS d ON d.id = asked.value`,
    );
    this.#anyDropped = rows(db, `SELECT 1 FROM ${dropped} LIMIT 1`);
  }

  /** @param row the build as it stands in this transaction */
  load({ written }: BuildRow, ids: readonly string[]): readonly Found[] {
    const list = JSON.stringify(ids);
    const nothing = new Found(undefined, START, null, written);
    const found = Array<Found>(ids.length).fill(nothing);
    for (const [at, seq, position, doc] of this.#docsOf.all(list)) {
      found[at] = new Found(seq, position, parsedDoc(doc), written);
    }
    if (this.#anyDropped.get() === undefined) return found;
    for (const [at, position] of this.#droppedOf.all(list)) {
      found[at] = new Found(undefined, position, null, written);
    }
    return found;
  }

  match(node: Node): readonly string[] {
    const { sql, values } = filterSql(node, this.#layout);
    const select = `SELECT id FROM ${this.#layout.docs} WHERE ${sql}`;
    return rows<[string]>(this.#db, select)
      .all(...values)
      .map(([id]) => id);
  }

  /** @param row the build as it stands in this transaction */
  write(row: BuildRow, { changes }: Batch): void {
    this.#arrays.forget();
    for (const { change, before } of this.#replacing(row, changes).sort(byPlace)) {
      if (change.doc !== null) this.#put(change.id, change.doc, change.position, before);
      else this.#drop(change.id, change.position, before);
    }
    this.#arrays.flush();
  }

  /** The changes that are later than what they change. */
  #replacing(row: BuildRow, changes: readonly Change[]): Replacing[] {
    const known = changes.map(({ standing }) =>
      standing instanceof Found && standing.written === row.written ? standing : undefined,
    );
    const unknown = changes.filter((_, i) => known[i] === undefined).map(({ id }) => id);
    const looked = unknown.length === 0 ? [] : this.load(row, unknown);
    let next = 0;
    return changes.flatMap((change, i) => {
      const before = known[i] ?? looked[next++];
      return before !== undefined && change.position > before.position ? [{ change, before }] : [];
    });
  }

  #put(id: string, doc: JsonObject, position: Position, before: Found): void {
    const text = JSON.stringify(doc);
    const { values } = this.#layout;
    if (before.seq === undefined) {
      const given = values.map(({ read }) => read(doc));
      const { lastInsertRowid } = this.#sql.insert.run(id, position, text, ...given);
      this.#arrays.change(Number(lastInsertRowid), null, doc);
      if (before.position !== START) this.#sql.undrop.run(id);
      return;
    }
    const { doc: old, seq } = before;
    if (old !== null && values.every(({ read }) => read(old) === read(doc))) {
      this.#sql.updateDoc.run(position, text, seq);
    } else {
      const given = values.map(({ read }) => read(doc));
      this.#sql.updateAll.run(position, text, ...given, seq);
    }
    this.#arrays.change(seq, old, doc);
  }

  #drop(id: string, position: Position, { seq, doc }: Found): void {
    if (seq !== undefined) {
      this.#sql.remove.run(seq);
      this.#arrays.change(seq, doc, null);
    }
    this.#sql.drop.run(id, position);
  }
}

/**
 * Rows that there are in the order in which they lie, then new ones in the order of their ids, which
 * is that of an index: neighbours share pages, and pages are what is written.
 */
function byPlace(a: Replacing, b: Replacing): number {
  if (a.before.seq !== undefined && b.before.seq !== undefined) return a.before.seq - b.before.seq;
  if (a.before.seq !== undefined) return -1;
  if (b.before.seq !== undefined) return 1;
  return a.change.id < b.change.id ? -1 : 1;
}

/** A statement that gives its rows as arrays. */
export function rows<Row>(db: Database, sql: string): Statement<Row> {
  const statement = db.prepare<Row>(sql);
  statement.setReturnArrays(true);
  return statement;
}

/** A document from its text. @throws IntegrityError `store-corrupt` */
export function parsedDoc(text: string): JsonObject {
  const doc: unknown = JSON.parse(text);
  if (!isJsonObject(doc)) throw new IntegrityError('store-corrupt', 'views: a row is no document');
  return doc;
}
