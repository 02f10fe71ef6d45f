import type { JsonObject, Position } from '#kernel';
import { START } from '#kernel';
import type { Database, SqlValue, Statement } from '#sqlite-file';

import type { Node } from '../filter.js';
import type { Batch, Change, Standing } from '../port.js';
import { ArrayIndex } from './array-index.js';
import type { BuildRow } from './catalog.js';
import { BulkInsert } from './bulk-insert.js';
import { filterSql } from './filter-sql.js';
import { ODD_DOCUMENTS } from './index-fill.js';
import { parsedDoc, rows } from './rows.js';
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

/** A document that has no row yet. */
interface Putting extends Change {
  readonly doc: JsonObject;
  readonly before: Found;
}

/** The documents of one build, on the connection that writes. The caller holds the transaction. */
export class Documents {
  readonly #db: Database;
  readonly #layout: Layout;
  readonly #arrays: ArrayIndex;
  readonly #insert: BulkInsert;
  readonly #sql: Readonly<
    Record<'updateDoc' | 'updateAll' | 'remove' | 'drop' | 'undrop', Statement<never>>
  >;
  readonly #docsOf: Statement<[at: number, seq: number, position: Position, doc: string]>;
  /** By their SQL: the filters of one view are few. */
  readonly #matching = new Map<string, Statement<[string]>>();
  readonly #droppedOf: Statement<[at: number, position: Position]>;

  constructor(db: Database, layout: Layout) {
    this.#db = db;
    this.#layout = layout;
    this.#arrays = new ArrayIndex(db, layout);
    const { docs, dropped } = layout;
    const columns = layout.values.map(({ column }) => column);
    const all = ['id', 'position', 'doc', ...columns];
    const set = columns.map((column) => `, ${column} = ?`).join('');
    const asked = 'FROM json_each(?) AS asked CROSS JOIN';
    this.#insert = new BulkInsert(db, `INSERT INTO ${docs} (${all.join()})`, all.length);
    this.#sql = {
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
  }

  /**
   * @param row the build as it stood before: where it was written meanwhile, what is found is looked
   * for again when it is changed
   */
  load({ written }: Pick<BuildRow, 'written'>, ids: readonly string[]): readonly Found[] {
    const nothing = new Found(undefined, START, null, written);
    const found = Array<Found>(ids.length).fill(nothing);
    const list = JSON.stringify(ids);
    const documents = this.#docsOf.all(list);
    for (const [at, seq, position, doc] of documents) {
      found[at] = new Found(seq, position, parsedDoc(doc), written);
    }
    if (documents.length === ids.length) return found;
    for (const [at, position] of this.#droppedOf.all(list)) {
      found[at] = new Found(undefined, position, null, written);
    }
    return found;
  }

  match(node: Node): readonly string[] {
    const { sql, values } = filterSql(node, this.#layout);
    const select = `SELECT id FROM ${this.#layout.docs} WHERE ${sql}`;
    const statement = this.#matching.get(select) ?? rows<[string]>(this.#db, select);
    this.#matching.set(select, statement);
    return statement.all(...values).map(([id]) => id);
  }

  /** @param row the build as it stands in this transaction */
  write(row: BuildRow, { changes }: Batch): void {
    this.#arrays.forget();
    const fresh: Putting[] = [];
    for (const { change, before } of this.#replacing(row, changes).sort(byPlace)) {
      const { id, doc, position } = change;
      if (doc === null) this.#drop(id, position, before);
      else if (before.seq === undefined) fresh.push({ id, doc, position, before });
      else this.#update(before.seq, before.doc, doc, position);
    }
    this.#insertAll(fresh);
    // Of a build that is being filled they are made in the end.
    if (row.indexed !== 0) this.#arrays.flush();
  }

  /** Indexes the elements of those documents that filling the index leaves out. */
  indexOdd(): void {
    if (this.#layout.lists.length === 0) return;
    this.#arrays.forget();
    const odd = rows<[seq: number, doc: string]>(
      this.#db,
      `SELECT seq, doc FROM ${this.#layout.docs} WHERE ${ODD_DOCUMENTS}`,
    );
    for (const [seq, doc] of odd.all()) this.#arrays.change(seq, null, parsedDoc(doc));
    this.#arrays.flush();
  }

  /** The largest `seq` there is. */
  size(): number {
    return rows<[number]>(this.#db, `SELECT max(seq) FROM ${this.#layout.docs}`).get()?.[0] ?? 0;
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

  #insertAll(fresh: readonly Putting[]): void {
    const last = this.#insert.run(
      fresh.map(({ id, doc, position }) => [
        id,
        position,
        JSON.stringify(doc),
        ...this.#valuesOf(doc),
      ]),
    );
    // Rowids rise by one from row to row.
    const first = last - fresh.length + 1;
    fresh.forEach(({ id, doc, before }, at) => {
      this.#arrays.change(first + at, null, doc);
      if (before.position !== START) this.#sql.undrop.run(id);
    });
  }

  #update(seq: number, old: JsonObject | null, doc: JsonObject, position: Position): void {
    const text = JSON.stringify(doc);
    if (old !== null && this.#layout.values.every(({ read }) => read(old) === read(doc))) {
      this.#sql.updateDoc.run(position, text, seq);
    } else {
      this.#sql.updateAll.run(position, text, ...this.#valuesOf(doc), seq);
    }
    this.#arrays.change(seq, old, doc);
  }

  #valuesOf(doc: JsonObject): readonly SqlValue[] {
    return this.#layout.values.map(({ read }) => read(doc));
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
