import { Outage } from '#kernel';
import type { Position } from '#kernel';
import type { Database, SqlValue, Statement } from '#sqlite-file';

import { isDocumentId } from '../definition.js';
import { parseFilter } from '../filter.js';
import { checkPage } from '../page.js';
import { BuildReplaced } from '../port.js';
import type { Filter, Page, Row, ViewDefinition, Within } from '../port.js';
import { assertIndexes, type BuildRow, type Catalog } from './catalog.js';
import { parsedDoc, rows } from './documents.js';
import { filterSql, type Sql } from './filter-sql.js';
import { layoutOf, stored, type Layout } from './schema.js';

const MOST_STATEMENTS = 200;

type Found = [id: string, position: string, doc: string];

/** Queries of live builds, on the connection that only reads. The caller holds the transaction. */
export class Queries {
  readonly #db: Database;
  readonly #catalog: Catalog;
  /** The statements used last, by their SQL. */
  readonly #statements = new Map<string, Statement<unknown>>();

  readonly #layouts = new WeakMap<
    ViewDefinition,
    { readonly build: string; readonly layout: Layout }
  >();

  constructor(db: Database, catalog: Catalog) {
    this.#db = db;
    this.#catalog = catalog;
  }

  get(view: ViewDefinition, id: string): Row | undefined {
    const { docs } = this.#layout(view);
    if (!isDocumentId(id)) return undefined;
    const [found] = this.#all<Found>({
      sql: `SELECT id, position, doc FROM ${docs} WHERE id = ?`,
      values: [id],
    });
    return found && rowOf(found);
  }

  count(view: ViewDefinition, filter: Filter, within?: Within): number {
    const node = parseFilter(view.indexes, filter);
    const layout = this.#layout(view, within);
    const { sql, values } = filterSql(node, layout);
    const [found] = this.#all<[number]>({
      sql: `SELECT count(*) FROM ${layout.docs} WHERE ${sql}`,
      values,
    });
    return found?.[0] ?? 0;
  }

  find(view: ViewDefinition, filter: Filter, page: Page, within?: Within): readonly Row[] {
    const node = parseFilter(view.indexes, filter);
    checkPage(view.indexes, page);
    const layout = this.#layout(view, within);
    const matching = filterSql(node, layout);
    const column = columnOf(layout, page);
    const order = orderOf(column, page);
    const found: Row[] = [];
    for (const stretch of stretches(column, page)) {
      const left = page.limit - found.length;
      if (left === 0) break;
      const select = `SELECT id, position, doc FROM ${layout.docs}`;
      const sql = `${select} WHERE (${matching.sql}) AND ${stretch.sql} ORDER BY ${order} LIMIT ?`;
      const values = [...matching.values, ...stretch.values, left];
      for (const row of this.#all<Found>({ sql, values })) found.push(rowOf(row));
    }
    return found;
  }

  /** @throws BuildReplaced; Outage `rebuilding` where there is no live build of this version */
  #layout(view: ViewDefinition, within?: Within): Layout {
    const live = this.#catalog.live(view.name);
    if (within !== undefined && live?.build !== within.build) throw new BuildReplaced();
    if (live?.version !== view.version) throw new Outage('views', 'rebuilding');
    return this.#layoutOf(live, view);
  }

  /** The last one of each view is kept: a build's indexes never change. */
  #layoutOf(live: BuildRow, view: ViewDefinition): Layout {
    const kept = this.#layouts.get(view);
    if (kept?.build === live.id) return kept.layout;
    assertIndexes(live, view);
    const layout = layoutOf(live.build, view.indexes);
    this.#layouts.set(view, { build: live.id, layout });
    return layout;
  }

  #all<Row>({ sql, values }: Sql): readonly Row[] {
    const kept = this.#statements.get(sql);
    const statement = kept ?? rows<unknown>(this.#db, sql);
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    const [oldest] = this.#statements.keys();
    if (this.#statements.size > MOST_STATEMENTS && oldest !== undefined) {
      this.#statements.delete(oldest);
    }
    return statement.all(...values) as readonly Row[];
  }
}

function rowOf([id, position, doc]: Found): Row {
  return { id, position: position as Position, doc: parsedDoc(doc) };
}

function columnOf(layout: Layout, { sort }: Page): string | undefined {
  return layout.values.find(({ field }) => field === sort?.field)?.column;
}

function orderOf(column: string | undefined, { sort }: Page): string {
  const direction = sort?.direction === -1 ? 'DESC' : 'ASC';
  return column === undefined ? `id ${direction}` : `${column} ${direction}, id ${direction}`;
}

const ALL: Sql = { sql: '1', values: [] };

/**
 * The rows after the last one of the page before, as stretches of the index one after another: NULL
 * compares with nothing, and one condition for all would read the index from its beginning.
 */
function stretches(column: string | undefined, { sort, after }: Page): readonly Sql[] {
  if (after === undefined) return [ALL];
  if (column === undefined) return [{ sql: 'id > ?', values: [after.id] }];
  const value: SqlValue = stored(after.value ?? null);
  const rising = sort?.direction !== -1;
  const sign = rising ? '>' : '<';
  const nulls: Sql = { sql: `${column} IS NULL AND id ${sign} ?`, values: [after.id] };
  const rest: Sql = { sql: `(${column}, id) ${sign} (?, ?)`, values: [value, after.id] };
  if (rising) return value === null ? [nulls, { ...ALL, sql: `${column} IS NOT NULL` }] : [rest];
  return value === null ? [nulls] : [rest, { ...ALL, sql: `${column} IS NULL` }];
}
