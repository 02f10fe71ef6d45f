import { Outage } from '#kernel';
import type { Position } from '#kernel';
import type { Database, SqlValue, Statement } from '#sqlite-file';

import { isDocumentId } from '../definition.js';
import { parseFilter } from '../filter.js';
import { checkPage } from '../page.js';
import { BuildReplaced } from '../port.js';
import type { Filter, Page, Row, ViewDefinition, Within } from '../port.js';
import { assertIndexes, type Catalog } from './catalog.js';
import { filterSql, type Sql } from './filter-sql.js';
import { parsedDoc, rows } from './rows.js';
import { layoutOf, stored, type Layout } from './schema.js';

const MOST_STATEMENTS = 200;

type Found = [id: string, position: string, doc: string];

/** The live build of a view, as it was when it was looked for last. */
interface Kept {
  readonly view: ViewDefinition;
  readonly build: number;
  readonly layout: Layout;
}

/**
 * Queries of live builds, on the connection that only reads.
 *
 * A build that was live stays so until it is retired, and never becomes so again: if it is live after
 * a query, it was during it. So it is looked for after a query and not before, and one statement
 * needs no transaction around it.
 */
export class Queries {
  readonly #db: Database;
  readonly #catalog: Catalog;
  /** Statements by their SQL, of which the oldest leave. */
  readonly #statements = new Map<string, Statement<unknown>>();

  readonly #kept = new Map<string, Kept>();

  constructor(db: Database, catalog: Catalog) {
    this.#db = db;
    this.#catalog = catalog;
  }

  get(view: ViewDefinition, id: string): Row | undefined {
    return this.#answer(view, undefined, ({ docs }) => {
      if (!isDocumentId(id)) return undefined;
      const sql = `SELECT id, position, doc FROM ${docs} WHERE id = ?`;
      const [found] = this.#all<Found>({ sql, values: [id] });
      return found && rowOf(found);
    });
  }

  count(view: ViewDefinition, filter: Filter, within?: Within): number {
    const node = parseFilter(view.indexes, filter);
    return this.#answer(view, within, (layout) => {
      const { sql, values } = filterSql(node, layout);
      const select = `SELECT count(*) FROM ${layout.docs} WHERE ${sql}`;
      return this.#all<[number]>({ sql: select, values })[0]?.[0] ?? 0;
    });
  }

  find(view: ViewDefinition, filter: Filter, page: Page, within?: Within): readonly Row[] {
    const node = parseFilter(view.indexes, filter);
    checkPage(view.indexes, page);
    return this.#answer(view, within, (layout) => {
      const find = () => this.#find(layout, filterSql(node, layout), page);
      // A page that goes on after a null may take two.
      return page.after === undefined ? find() : this.#snapshot(find);
    });
  }

  #find(layout: Layout, matching: Sql, page: Page): readonly Row[] {
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

  #answer<T>(view: ViewDefinition, within: Within | undefined, query: (layout: Layout) => T): T {
    for (;;) {
      const { build, layout } = this.#keptFor(view, within);
      const isLive = () => this.#catalog.liveNumber(view.name) === build;
      try {
        const answer = query(layout);
        if (isLive()) return answer;
      } catch (error) {
        // Where it was replaced its tables may be gone.
        if (isLive()) throw error;
      }
      this.#kept.delete(view.name);
    }
  }

  /** @throws BuildReplaced; Outage `rebuilding` where there is no live build of this version */
  #keptFor(view: ViewDefinition, within: Within | undefined): Kept {
    const kept = this.#kept.get(view.name);
    if (kept?.view === view && kept.build === (within?.build ?? kept.build)) return kept;
    const live = this.#catalog.live(view.name);
    if (within !== undefined && live?.build !== within.build) throw new BuildReplaced();
    if (live?.version !== view.version) throw new Outage('views', 'rebuilding');
    assertIndexes(live, view);
    const found = { view, build: live.build, layout: layoutOf(live.build, view.indexes) };
    this.#kept.set(view.name, found);
    return found;
  }

  /** Several statements that see the same. */
  #snapshot<T>(work: () => T): T {
    this.#db.exec('BEGIN');
    try {
      return work();
    } finally {
      this.#db.exec('COMMIT');
    }
  }

  #all<Row>({ sql, values }: Sql): readonly Row[] {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = rows<unknown>(this.#db, sql);
      this.#statements.set(sql, statement);
      const [oldest] = this.#statements.keys();
      if (this.#statements.size > MOST_STATEMENTS && oldest !== undefined) {
        this.#statements.delete(oldest);
      }
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
