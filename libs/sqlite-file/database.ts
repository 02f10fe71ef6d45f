/** What can be bound to a parameter. Blobs come back as plain `Uint8Array`, not as Buffers. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/**
 * A prepared statement. `Row` is what its SQL selects: the schema is our own and its version was
 * checked when the file was opened, so rows are not looked at twice.
 */
export interface Statement<Row> {
  run(...values: SqlValue[]): {
    readonly changes: number;
    readonly lastInsertRowid: number | bigint;
  };
  get(...values: SqlValue[]): Row | undefined;
  /** All rows at once: no statement stays open across an await. */
  all(...values: SqlValue[]): Row[];
  /** Rows as arrays in column order, which are cheaper to make than objects. */
  setReturnArrays(returnArrays: boolean): void;
}

/** One connection to an SQLite file. Every call is synchronous and throws SQLite's own errors. */
export interface Database {
  readonly isOpen: boolean;
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare<Row = never>(sql: string): Statement<Row>;
  close(): void;
}
