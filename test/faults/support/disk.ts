import { basename } from 'node:path';

import { jest } from '@jest/globals';
import type { DatabaseSyncInstance, DatabaseSyncOptions } from '@photostructure/sqlite';

/** What is wrong with a disk. */
export type DiskFault = 'full' | 'read-only';

const ENGINE = '@photostructure/sqlite';

/**
 * The disk under this process's SQLite files, as far as SQLite is concerned: files are made full or
 * read-only while they are open, and SQLite itself then fails as it would on such a disk.
 */
export class Disk {
  #mending: (() => void)[] = [];

  private constructor(private readonly open: readonly DatabaseSyncInstance[]) {}

  /**
   * Takes note of every connection. What opens files is imported after it, and dynamically: the
   * engine stays what it is, but a connection cannot be found once it is made.
   */
  static async under(): Promise<Disk> {
    const engine = await import('@photostructure/sqlite');
    const open: DatabaseSyncInstance[] = [];
    const noting = new Proxy(engine.DatabaseSync, {
      construct(connection, [location, options]: [string, DatabaseSyncOptions?]) {
        const db = new connection(location, options);
        open.push(db);
        return db;
      },
    });
    jest.unstable_mockModule(ENGINE, () => ({ ...engine, DatabaseSync: noting }));
    return new Disk(open);
  }

  /** Makes files full or read-only for whoever may write them. @param files their names */
  fails(fault: DiskFault, files: readonly string[]): void {
    const writers = this.open.filter(
      (db) => db.isOpen && files.includes(nameOf(db)) && numberIn(db, 'query_only') === 0,
    );
    for (const db of writers) {
      if (fault === 'read-only') this.#set(db, 'query_only', 1, 0);
      else this.#set(db, 'max_page_count', numberIn(db, 'page_count'), 1_000_000);
    }
  }

  /** All faults are gone. */
  mend(): void {
    for (const mend of this.#mending.splice(0)) mend();
  }

  #set(db: DatabaseSyncInstance, pragma: string, to: number, back: number): void {
    db.exec(`PRAGMA ${pragma} = ${String(to)}`);
    this.#mending.push(() => {
      if (db.isOpen) db.exec(`PRAGMA ${pragma} = ${String(back)}`);
    });
  }
}

function nameOf(db: DatabaseSyncInstance): string {
  return basename(db.location() ?? '');
}

function numberIn(db: DatabaseSyncInstance, pragma: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() as object)[0]);
}
