import {
  BUSY_LIMIT_MILLIS,
  sqliteFault,
  whileBusy,
  type Database,
  type Statement,
} from '#sqlite-file';

import { PART } from './schema.js';

/** Transactions on one connection, each within one turn of the event loop. */
export class Transactions {
  readonly #db: Database;
  readonly #begin: Statement<never>;
  readonly #commit: Statement<never>;

  constructor(db: Database, kind: 'reading' | 'writing') {
    this.#db = db;
    this.#begin = db.prepare(kind === 'writing' ? 'BEGIN IMMEDIATE' : 'BEGIN');
    this.#commit = db.prepare('COMMIT');
  }

  /** Does all of the work or nothing; where another process holds the lock, when it is free. */
  run<T>(work: () => T): Promise<T> {
    return whileBusy(PART, BUSY_LIMIT_MILLIS, () => this.#attempt(work));
  }

  /** As {@link run}, and on the disk when it resolves, with all that was written before. */
  async runDurably<T>(work: () => T): Promise<T> {
    return whileBusy(PART, BUSY_LIMIT_MILLIS, () => {
      this.#db.exec('PRAGMA synchronous = FULL');
      try {
        return this.#attempt(work);
      } finally {
        this.#db.exec('PRAGMA synchronous = NORMAL');
      }
    });
  }

  #attempt<T>(work: () => T): T {
    // What could not be rolled back when it failed is rolled back now.
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #rollback(): void {
    try {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    } catch (error) {
      if (sqliteFault(error) === undefined) throw error;
    }
  }
}
