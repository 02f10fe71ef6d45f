import type { JsonObject, Position } from '#kernel';
import { IntegrityError, isJsonObject } from '#kernel';
import type { Database, SqlValue, Statement } from '#sqlite-file';

import { parseFilter } from '../filter.js';
import type { Batch, Filter, Standing, ViewDefinition } from '../port.js';
import { ArrayIndex } from './array-index.js';
import { filterSql } from './filter-sql.js';
import type { Layout } from './schema.js';

/** What the store has of a document that is to be changed. */
interface Before {
  readonly seq: number;
  readonly position: string;
  /** The arrays of its `array` indexes, as JSON. */
  readonly lists: readonly (string | null)[];
}

/**
 * The documents of one build, on the connection that writes. The caller holds the transaction where
 * something is written.
 */
export class Documents {
  readonly #db: Database;
  readonly #layout: Layout;
  readonly #arrays: ArrayIndex;
  readonly #sql: Readonly<
    Record<'insert' | 'updateDoc' | 'updateAll' | 'remove' | 'drop' | 'undrop', Statement<never>>
  >;
  readonly #before: Statement<(string | number | null)[]>;
  readonly #docsOf: Statement<[string, string, string]>;
  readonly #droppedOf: Statement<[string, string]>;
  readonly #anyDropped: Statement<[number]>;

  constructor(db: Database, layout: Layout) {
    this.#db = db;
    this.#layout = layout;
    this.#arrays = new ArrayIndex(db, layout);
    const { docs, dropped } = layout;
    const columns = [...layout.values.values()].map(({ column }) => column);
    const lists = [...layout.lists.values()].map(({ json }) => `, ${json}`).join('');
    const all = ['id', 'position', 'doc', ...columns];
    const same = columns.map((column) => ` AND ${column} IS ?`).join('');
    const set = columns.map((column) => `, ${column} = ?`).join('');
    const given = 'IN (SELECT value FROM json_each(?))';
    this.#sql = {
      insert: db.prepare(
        `INSERT INTO ${docs} (${all.join()}) VALUES (${all.map(() => '?').join()})`,
      ),
      // Writing a column rewrites its index, changed or not; mostly none is.
      updateDoc: db.prepare(`UPDATE ${docs} SET position = ?, doc = ? WHERE seq = ?${same}`),
      updateAll: db.prepare(`UPDATE ${docs} SET position = ?, doc = ?${set} WHERE seq = ?`),
      remove: db.prepare(`DELETE FROM ${docs} WHERE seq = ?`),
      drop: db.prepare(
        `INSERT INTO ${dropped} (id, position) VALUES (?, ?)
         ON CONFLICT (id) DO UPDATE SET position = max(position, excluded.position)`,
      ),
      undrop: db.prepare(`DELETE FROM ${dropped} WHERE id = ?`),
    };
    this.#before = rows(db, `SELECT id, seq, position${lists} FROM ${docs} WHERE id ${given}`);
    this.#docsOf = rows(db, `SELECT id, position, doc FROM ${docs} WHERE id ${given}`);
    this.#droppedOf = rows(db, `SELECT id, position FROM ${dropped} WHERE id ${given}`);
    this.#anyDropped = rows(db, `SELECT 1 FROM ${dropped} LIMIT 1`);
  }

  load(ids: readonly string[]): ReadonlyMap<string, Standing> {
    const list = JSON.stringify(ids);
    const found = new Map<string, Standing>();
    for (const [id, position, doc] of this.#docsOf.all(list)) {
      found.set(id, { doc: parsedDoc(doc), position: position as Position });
    }
    for (const [id, position] of this.#dropped(list)) {
      found.set(id, { doc: null, position: position as Position });
    }
    return found;
  }

  match(view: ViewDefinition, filter: Filter): readonly string[] {
    const { sql, values } = filterSql(parseFilter(view.indexes, filter), this.#layout);
    const select = `SELECT id FROM ${this.#layout.docs} WHERE ${sql}`;
    return rows<[string]>(this.#db, select)
      .all(...values)
      .map(([id]) => id);
  }

  /** In the order of ids: neighbours share pages, and pages are what is written. */
  write(batch: Batch): void {
    this.#arrays.forget();
    const upserts = [...batch.upserts].sort(byId);
    const list = JSON.stringify([...upserts, ...batch.deletes].map(({ id }) => id));
    const before = this.#standing(list);
    const dropped = new Map(this.#dropped(list));
    for (const { id, doc, position } of upserts) {
      const standing = before.get(id);
      const last = standing?.position ?? dropped.get(id);
      if (last !== undefined && last >= position) continue;
      if (standing !== undefined) this.#update(standing, doc, position);
      else this.#insert(id, doc, position);
      if (dropped.has(id)) this.#sql.undrop.run(id);
    }
    for (const { id, position } of batch.deletes) {
      const standing = before.get(id);
      if (standing !== undefined && standing.position >= position) continue;
      if (standing !== undefined) this.#remove(standing);
      this.#sql.drop.run(id, position);
    }
    this.#arrays.flush();
  }

  #insert(id: string, doc: JsonObject, position: Position): void {
    const values = this.#valuesOf(doc);
    const { lastInsertRowid } = this.#sql.insert.run(id, position, JSON.stringify(doc), ...values);
    this.#arrays.change(Number(lastInsertRowid), [], doc);
  }

  #update({ seq, lists }: Before, doc: JsonObject, position: Position): void {
    const values = this.#valuesOf(doc);
    const text = JSON.stringify(doc);
    if (this.#sql.updateDoc.run(position, text, seq, ...values).changes === 0) {
      this.#sql.updateAll.run(position, text, ...values, seq);
    }
    this.#arrays.change(seq, lists, doc);
  }

  #remove({ seq, lists }: Before): void {
    this.#sql.remove.run(seq);
    this.#arrays.change(seq, lists, {});
  }

  #valuesOf(doc: JsonObject): SqlValue[] {
    const values: SqlValue[] = [];
    for (const { read } of this.#layout.values.values()) values.push(read(doc));
    return values;
  }

  #standing(list: string): ReadonlyMap<string, Before> {
    const found = new Map<string, Before>();
    for (const [id, seq, position, ...lists] of this.#before.all(list)) {
      found.set(String(id), {
        seq: Number(seq),
        position: String(position),
        lists: lists.map((json) => (json === null ? null : String(json))),
      });
    }
    return found;
  }

  #dropped(list: string): readonly [string, string][] {
    return this.#anyDropped.get() === undefined ? [] : this.#droppedOf.all(list);
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
