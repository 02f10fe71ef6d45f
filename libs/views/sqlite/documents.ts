import type { JsonObject, Position } from '#kernel';
import { IntegrityError, isJsonObject, START } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import { parseFilter } from '../filter.js';
import type { Batch, Filter, Standing, ViewDefinition } from '../port.js';
import { ArrayIndex } from './array-index.js';
import type { BuildRow } from './catalog.js';
import { filterSql } from './filter-sql.js';
import { indexed, NOTHING_INDEXED, type Indexed, type Layout } from './schema.js';

/** What the store has of an id that may be changed. */
interface Known {
  /** The row of its document; none where there is no document. */
  readonly seq: number | undefined;
  readonly position: Position;
  readonly indexed: Indexed;
}

const UNKNOWN: Known = { seq: undefined, position: START, indexed: NOTHING_INDEXED };

/** Most ids of which is remembered what was loaded. */
const MOST_KNOWN = 50_000;

/**
 * The documents of one build, on the connection that writes. The caller holds the transaction.
 *
 * What was loaded is remembered for the write that follows, as long as nobody has written between
 * them: most of the work of a fold is finding rows.
 */
export class Documents {
  readonly #db: Database;
  readonly #layout: Layout;
  readonly #arrays: ArrayIndex;
  readonly #sql: Readonly<
    Record<'insert' | 'updateDoc' | 'updateAll' | 'remove' | 'drop' | 'undrop', Statement<never>>
  >;
  readonly #docsOf: Statement<[id: string, seq: number, position: Position, doc: string]>;
  readonly #droppedOf: Statement<[id: string, position: Position]>;
  readonly #anyDropped: Statement<[number]>;
  readonly #known = new Map<string, Known>();
  #knownAt: number | undefined;

  constructor(db: Database, layout: Layout) {
    this.#db = db;
    this.#layout = layout;
    this.#arrays = new ArrayIndex(db, layout);
    const { docs, dropped } = layout;
    const columns = layout.values.map(({ column }) => column);
    const all = ['id', 'position', 'doc', ...columns];
    const set = columns.map((column) => `, ${column} = ?`).join('');
    const given = 'IN (SELECT value FROM json_each(?))';
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
    this.#docsOf = rows(db, `SELECT id, seq, position, doc FROM ${docs} WHERE id ${given}`);
    this.#droppedOf = rows(db, `SELECT id, position FROM ${dropped} WHERE id ${given}`);
    this.#anyDropped = rows(db, `SELECT 1 FROM ${dropped} LIMIT 1`);
  }

  /** @param row the build as it stands in this transaction */
  load(row: BuildRow, ids: readonly string[]): ReadonlyMap<string, Standing> {
    if (this.#knownAt !== row.written || this.#known.size > MOST_KNOWN) this.#known.clear();
    this.#knownAt = row.written;
    return this.#look(ids);
  }

  match(view: ViewDefinition, filter: Filter): readonly string[] {
    const { sql, values } = filterSql(parseFilter(view.indexes, filter), this.#layout);
    const select = `SELECT id FROM ${this.#layout.docs} WHERE ${sql}`;
    return rows<[string]>(this.#db, select)
      .all(...values)
      .map(([id]) => id);
  }

  /**
   * In the order of ids: neighbours share pages, and pages are what is written.
   * @param row the build as it stands in this transaction
   */
  write(row: BuildRow, batch: Batch): void {
    const upserts = [...batch.upserts].sort(byId);
    const known = this.#take(row, [...upserts, ...batch.deletes]);
    this.#arrays.forget();
    for (const { id, doc, position } of upserts) {
      const before = known.get(id) ?? UNKNOWN;
      if (position <= before.position) continue;
      if (before.seq !== undefined) this.#update(before.seq, before.indexed, doc, position);
      else this.#insert(id, doc, position, before.position !== START);
    }
    for (const { id, position } of batch.deletes) {
      const before = known.get(id) ?? UNKNOWN;
      if (position <= before.position) continue;
      if (before.seq !== undefined) this.#remove(before.seq, before.indexed);
      this.#sql.drop.run(id, position);
    }
    this.#arrays.flush();
  }

  /** What is known of the ids of a batch, which is then forgotten: the write changes it. */
  #take(row: BuildRow, changes: readonly { readonly id: string }[]): ReadonlyMap<string, Known> {
    if (this.#knownAt !== row.written) this.#known.clear();
    this.#look(changes.map(({ id }) => id).filter((id) => !this.#known.has(id)));
    const known = new Map(this.#known);
    this.#known.clear();
    return known;
  }

  #look(ids: readonly string[]): ReadonlyMap<string, Standing> {
    const found = new Map<string, Standing>();
    if (ids.length === 0) return found;
    const list = JSON.stringify(ids);
    for (const id of ids) this.#known.set(id, UNKNOWN);
    for (const [id, seq, position, text] of this.#docsOf.all(list)) {
      const doc = parsedDoc(text);
      this.#known.set(id, { seq, position, indexed: indexed(doc, this.#layout) });
      found.set(id, { doc, position });
    }
    if (this.#anyDropped.get() === undefined) return found;
    for (const [id, position] of this.#droppedOf.all(list)) {
      this.#known.set(id, { ...UNKNOWN, position });
      found.set(id, { doc: null, position });
    }
    return found;
  }

  #insert(id: string, doc: JsonObject, position: Position, wasDropped: boolean): void {
    const after = indexed(doc, this.#layout);
    const text = JSON.stringify(doc);
    const { lastInsertRowid } = this.#sql.insert.run(id, position, text, ...after.values);
    this.#arrays.change(Number(lastInsertRowid), NOTHING_INDEXED.lists, after.lists);
    if (wasDropped) this.#sql.undrop.run(id);
  }

  #update(seq: number, before: Indexed, doc: JsonObject, position: Position): void {
    const after = indexed(doc, this.#layout);
    const text = JSON.stringify(doc);
    if (after.values.every((value, i) => value === before.values[i])) {
      this.#sql.updateDoc.run(position, text, seq);
    } else {
      this.#sql.updateAll.run(position, text, ...after.values, seq);
    }
    this.#arrays.change(seq, before.lists, after.lists);
  }

  #remove(seq: number, before: Indexed): void {
    this.#sql.remove.run(seq);
    this.#arrays.change(seq, before.lists, NOTHING_INDEXED.lists);
  }
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

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
