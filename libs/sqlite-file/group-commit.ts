import { faultPoint, Outage } from '#kernel';

import { BUSY_LIMIT_MILLIS, busyPause } from './busy.js';
import type { Database, Statement } from './database.js';
import { die, type Die } from './die.js';
import { portError, sqliteFault } from './faults.js';

export interface GroupCommitOptions {
  /** The part of the ledger that the file belongs to, as in `Outage`. */
  readonly part: string;
  /** Fault points to reach around each COMMIT. */
  readonly faultPoints?: { readonly beforeCommit: string; readonly afterCommit: string };
  /** Most pieces of work in one transaction. Default 1,000. */
  readonly maxGroup?: number;
  /** A transaction takes no more work in after this time. Default 20 ms. */
  readonly maxMillis?: number;
  /** How long work waits for another process's write lock. Default 5 s. */
  readonly busyLimitMillis?: number;
  /** Told after each COMMIT how many pieces of work it held. */
  readonly onCommit?: (works: number) => void;
  /** Ends the process after a failed fsync. */
  readonly die?: Die;
}

/** Work that waits for its transaction. */
interface Waiting {
  readonly since: number;
  /** Does the work; what it gives tells the caller, once that may be. */
  readonly attempt: () => () => void;
  readonly reject: (error: unknown) => void;
}

/** One transaction in the making. */
interface Group {
  tried: number;
  answers: (() => void)[];
}

/**
 * Work that arrives together shares one transaction and one fsync. Nobody is answered before the
 * COMMIT. Where a piece throws, the transaction is begun again with a savepoint for each piece, so
 * that it does not sink its group: savepoints copy every page that is written, so they are not made
 * for nothing.
 *
 * A transaction that fails for space, a read-only disk or the like is rolled back and its group gets
 * an Outage; the next work is tried anew. Where another process writes, the group waits for its
 * turn. After a failed fsync the process ends: what is on the disk cannot be known any more.
 */
export class GroupCommit {
  readonly #db: Database;
  readonly #options: GroupCommitOptions;
  readonly #sql: Readonly<
    Record<'begin' | 'commit' | 'rollback' | 'savepoint' | 'undo' | 'release', Statement<never>>
  >;
  #queue: Waiting[] = [];
  #scheduled = false;
  #busyAttempts = 0;
  #closed = false;

  /** @param db a connection that nobody else writes on */
  constructor(db: Database, options: GroupCommitOptions) {
    this.#db = db;
    this.#options = options;
    this.#sql = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      rollback: db.prepare('ROLLBACK'),
      savepoint: db.prepare('SAVEPOINT work'),
      undo: db.prepare('ROLLBACK TO work'),
      release: db.prepare('RELEASE work'),
    };
  }

  /**
   * Does synchronous work on the connection within the next transaction; resolves with what it gave
   * when that is durable. The work may be done more than once (a lock, a rollback), so it must have
   * no effect outside the database. What it throws rejects it alone, and undoes what it wrote.
   */
  run<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new Outage(this.#options.part, 'closed'));
    return this.#enqueue(work);
  }

  /** Waits for the work that was handed in, then takes no more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#queue.length > 0) await this.#enqueue(() => undefined).catch(() => undefined);
  }

  #enqueue<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const attempt = () => {
        const result = work();
        return () => {
          resolve(result);
        };
      };
      this.#queue.push({ since: performance.now(), attempt, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    const flush = () => {
      this.#scheduled = false;
      this.#flush();
      this.#schedule();
    };
    if (this.#busyAttempts === 0) setImmediate(flush);
    else setTimeout(flush, busyPause(this.#busyAttempts));
  }

  #flush(): void {
    const group: Group = { tried: 0, answers: [] };
    try {
      if (this.#db.isTransaction) this.#sql.rollback.run();
      this.#sql.begin.run();
      this.#attemptGroup(group);
      this.#reach('beforeCommit');
      this.#sql.commit.run();
    } catch (error) {
      this.#failed(error, group.tried);
      return;
    }
    this.#reach('afterCommit');
    this.#busyAttempts = 0;
    this.#queue.splice(0, group.tried);
    this.#options.onCommit?.(group.tried);
    for (const answer of group.answers) answer();
  }

  #attemptGroup(group: Group): void {
    try {
      this.#attemptEach(group, ({ attempt }) => attempt());
    } catch (error) {
      if (sinksGroup(error) || !this.#db.isTransaction) throw error;
      this.#sql.rollback.run();
      group.tried = 0;
      group.answers = [];
      this.#sql.begin.run();
      this.#attemptEach(group, (waiting) => this.#attemptApart(waiting));
    }
  }

  #attemptEach(group: Group, attempt: (waiting: Waiting) => () => void): void {
    const most = this.#options.maxGroup ?? 1_000;
    const until = performance.now() + (this.#options.maxMillis ?? 20);
    for (const waiting of this.#queue) {
      group.tried += 1;
      group.answers.push(attempt(waiting));
      if (group.tried >= most || performance.now() >= until) return;
    }
  }

  #attemptApart(waiting: Waiting): () => void {
    this.#sql.savepoint.run();
    try {
      const answer = waiting.attempt();
      this.#sql.release.run();
      return answer;
    } catch (error) {
      if (sinksGroup(error) || !this.#db.isTransaction) throw error;
      this.#sql.undo.run();
      this.#sql.release.run();
      return () => {
        waiting.reject(error);
      };
    }
  }

  /** @param tried how much of the queue the transaction had in it; 0 where it could not begin */
  #failed(error: unknown, tried: number): void {
    const fault = sqliteFault(error);
    if (fault === 'fsync') {
      this.#closed = true;
      (this.#options.die ?? die)(`${this.#options.part}: fsync failed`);
      this.#reject(this.#queue.length, error);
      return;
    }
    this.#rollback();
    if (fault === 'busy') {
      this.#busyAttempts += 1;
      this.#reject(this.#overdue(), error);
      return;
    }
    this.#busyAttempts = 0;
    this.#reject(tried === 0 ? this.#queue.length : tried, error);
  }

  /** What cannot be rolled back now is rolled back before the next transaction begins. */
  #rollback(): void {
    try {
      if (this.#db.isTransaction) this.#sql.rollback.run();
    } catch (error) {
      if (sqliteFault(error) === undefined) throw error;
    }
  }

  #overdue(): number {
    const limit = performance.now() - (this.#options.busyLimitMillis ?? BUSY_LIMIT_MILLIS);
    const firstInTime = this.#queue.findIndex((waiting) => waiting.since > limit);
    return firstInTime === -1 ? this.#queue.length : firstInTime;
  }

  #reject(count: number, error: unknown): void {
    const seen = portError(this.#options.part, error);
    for (const waiting of this.#queue.splice(0, count)) waiting.reject(seen);
  }

  #reach(point: 'beforeCommit' | 'afterCommit'): void {
    const name = this.#options.faultPoints?.[point];
    if (name !== undefined) faultPoint(name);
  }
}

/** Whether an error is the machine's or the file's, and so everybody's. */
function sinksGroup(error: unknown): boolean {
  const fault = sqliteFault(error);
  return fault !== undefined && fault !== 'constraint' && fault !== 'other';
}
