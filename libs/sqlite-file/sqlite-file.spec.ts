import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import {
  backupDatabase,
  claimFor,
  createMeta,
  ledgerIdOf,
  openDatabase,
  openReader,
  tag,
  truncateWal,
  type Database,
  type FileFormat,
  type Migration,
} from './index.js';

const createPeople: Migration = (db) => {
  createMeta(db);
  db.exec('CREATE TABLE people (name TEXT NOT NULL) STRICT');
};
const addAge: Migration = (db) => {
  db.exec('ALTER TABLE people ADD COLUMN age INTEGER NOT NULL DEFAULT 7');
};
const failing: Migration = (db) => {
  db.exec('DROP TABLE people');
  db.prepare<unknown>('SELECT 1').get();
  throw new Error('a migration that fails');
};

function format(migrations: readonly Migration[], more: Partial<FileFormat> = {}): FileFormat {
  return {
    part: 'people',
    applicationId: tag('test'),
    migrations,
    busyLimitMillis: 50,
    ...more,
  };
}

const pragma = (db: Database, name: string) =>
  db.prepare<Record<string, unknown>>(`PRAGMA ${name}`).get()?.[name];

let folder: string;
let file: string;
const open: Database[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-file-'));
  file = join(folder, 'people.db');
});

afterEach(() => {
  for (const db of open.splice(0)) if (db.isOpen) db.close();
  rmSync(folder, { recursive: true, force: true });
});

async function opened(...args: Parameters<typeof openDatabase>): Promise<Database> {
  const db = await openDatabase(...args);
  open.push(db);
  return db;
}

/** Without a statement object, which would hold the file in this process after its connection closed. */
const insert = (db: Database, name: string) => {
  db.exec(`INSERT INTO people (name) VALUES ('${name}')`);
};
const people = (db: Database) => db.prepare('SELECT * FROM people ORDER BY rowid').all();

describe('opening', () => {
  test('a new file gets the newest format and durable settings', async () => {
    const db = await opened(file, format([createPeople, addAge]));
    expect(pragma(db, 'user_version')).toBe(2);
    expect(pragma(db, 'application_id')).toBe(tag('test'));
    expect(pragma(db, 'journal_mode')).toBe('wal');
    expect(pragma(db, 'synchronous')).toBe(2);
    expect(pragma(db, 'secure_delete')).toBe(0);
  });

  test('secure deletion and relaxed syncing are as asked, on readers too', async () => {
    const asked = format([createPeople], { secureDelete: true, synchronous: 'NORMAL' });
    const db = await opened(file, asked);
    const reader = await openReader(file, asked);
    open.push(reader);
    for (const connection of [db, reader]) {
      expect(pragma(connection, 'secure_delete')).toBe(1);
      expect(pragma(connection, 'synchronous')).toBe(1);
    }
  });

  test('a reader sees what was written and cannot write', async () => {
    const db = await opened(file, format([createPeople]));
    insert(db, 'Aino');
    const reader = await openReader(file, format([createPeople]));
    open.push(reader);
    expect(people(reader)).toEqual([{ name: 'Aino' }]);
    expect(() => {
      insert(reader, 'Väinö');
    }).toThrow(/readonly/);
  });

  test('connections that open a new file at the same time share one', async () => {
    const all = await Promise.all(
      Array.from({ length: 4 }, () => opened(file, format([createPeople]))),
    );
    all.forEach((db, index) => {
      insert(db, `p${index}`);
    });
    for (const db of all) expect(people(db)).toHaveLength(4);
  });

  test('an older format is brought to the newest, with its content', async () => {
    const before = await opened(file, format([createPeople]));
    insert(before, 'Aino');
    before.close();
    const db = await opened(file, format([createPeople, addAge]));
    expect(pragma(db, 'user_version')).toBe(2);
    expect(people(db)).toEqual([{ name: 'Aino', age: 7 }]);
  });

  test('a migration that fails leaves the file as it was', async () => {
    const before = await opened(file, format([createPeople]));
    insert(before, 'Aino');
    before.close();
    await expect(opened(file, format([createPeople, addAge, failing]))).rejects.toThrow(
      'that fails',
    );
    const db = await opened(file, format([createPeople]));
    expect(people(db)).toEqual([{ name: 'Aino' }]);
  });

  test('a format is not changed while another connection has the file open', async () => {
    const other = await opened(file, format([createPeople]));
    await expect(opened(file, format([createPeople, addAge]))).rejects.toMatchObject({
      name: 'Outage',
      part: 'people',
      reason: 'format-in-use',
    });
    other.close();
    expect(pragma(await opened(file, format([createPeople, addAge])), 'user_version')).toBe(2);
  });

  test('a newer format is refused', async () => {
    (await opened(file, format([createPeople, addAge]))).close();
    await expect(opened(file, format([createPeople]))).rejects.toMatchObject({
      name: 'IntegrityError',
      code: 'format-newer',
    });
  });

  test('a file of another kind is refused', async () => {
    (await opened(file, format([createPeople]))).close();
    await expect(
      opened(file, format([createPeople], { applicationId: tag('else') })),
    ).rejects.toMatchObject({ code: 'format-foreign' });
  });

  test('a file that is no database is refused', async () => {
    writeFileSync(
      file,
      'not a database, and long enough to be read as the header of one'.repeat(9),
    );
    await expect(opened(file, format([createPeople]))).rejects.toMatchObject({
      name: 'IntegrityError',
      code: 'store-corrupt',
    });
  });

  test('a folder that is not there is an outage', async () => {
    await expect(
      opened(join(folder, 'none', 'x.db'), format([createPeople])),
    ).rejects.toMatchObject({
      name: 'Outage',
      reason: 'cannot-open',
    });
  });
});

test('the ledger id is set once', async () => {
  const db = await opened(file, format([createPeople]));
  expect(ledgerIdOf(db)).toBeUndefined();
  claimFor(db, 'people', 'one');
  claimFor(db, 'people', 'one');
  expect(ledgerIdOf(db)).toBe('one');
  expect(() => {
    claimFor(db, 'people', 'two');
  }).toThrow(expect.objectContaining({ code: 'ledger-id-differs' }));
});

describe('truncating the write-ahead log', () => {
  test('waits for a reader, and fails while it stays', async () => {
    const db = await opened(file, format([createPeople]));
    const reader = await openReader(file, format([createPeople]));
    open.push(reader);
    insert(db, 'Aino');
    reader.exec('BEGIN');
    people(reader);
    insert(db, 'Väinö');
    await expect(truncateWal(db, 'people', 20)).rejects.toMatchObject({
      reason: 'checkpoint-busy',
    });
    const truncated = truncateWal(db, 'people', 5_000);
    reader.exec('COMMIT');
    await truncated;
    expect(await readFile(`${file}-wal`)).toHaveLength(0);
  });
});

describe('a backup', () => {
  test('is a whole copy of a file in use', async () => {
    const db = await opened(file, format([createPeople]));
    insert(db, 'Aino');
    await backupDatabase('people', file, join(folder, 'copy.db'));
    insert(db, 'Väinö');
    const copy = await opened(join(folder, 'copy.db'), format([createPeople]));
    expect(people(copy)).toEqual([{ name: 'Aino' }]);
  });

  test('does not overwrite another', async () => {
    await opened(file, format([createPeople]));
    writeFileSync(join(folder, 'copy.db'), 'older');
    await expect(backupDatabase('people', file, join(folder, 'copy.db'))).rejects.toMatchObject({
      name: 'InvalidInput',
      rule: 'exists',
    });
    expect(await readFile(join(folder, 'copy.db'), 'utf8')).toBe('older');
  });
});
