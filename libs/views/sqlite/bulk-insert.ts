import type { Database, SqlValue, Statement } from '#sqlite-file';

/** Rows of one statement: a call costs as much as some rows do. */
const ROWS = 16;

/** Inserts rows of one table, many with one statement. */
export class BulkInsert {
  readonly #one: Statement<never>;
  readonly #many: Statement<never>;

  /** @param into the statement up to `VALUES` */
  constructor(db: Database, into: string, columns: number) {
    const row = `(${Array<string>(columns).fill('?').join()})`;
    this.#one = db.prepare(`${into} VALUES ${row}`);
    this.#many = db.prepare(`${into} VALUES ${Array<string>(ROWS).fill(row).join()}`);
  }

  /** Inserts the rows in their order; gives the rowid of the last, where the table has rowids. */
  run(rows: readonly (readonly SqlValue[])[]): number {
    let last: number | bigint = 0;
    let at = 0;
    for (; at + ROWS <= rows.length; at += ROWS) {
      last = this.#many.run(...rows.slice(at, at + ROWS).flat()).lastInsertRowid;
    }
    for (const row of rows.slice(at)) last = this.#one.run(...row).lastInsertRowid;
    return Number(last);
  }
}
