import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { closeDatabase, openDatabase, readUntouched, tag, type Database } from './index.js';

const FORMAT = {
  part: 'test',
  applicationId: tag('PLxx'),
  migrations: [
    (db: Database) => {
      db.exec('CREATE TABLE rows (value INTEGER NOT NULL) STRICT');
    },
  ],
};
const OTHER = { ...FORMAT, applicationId: tag('PLyy') };
const LATER = { ...FORMAT, migrations: [...FORMAT.migrations, () => undefined] };

describe('reading a file untouched', () => {
  let folder: string;
  let file: string;
  const opened: Database[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'untouched-'));
    file = join(folder, 'a b?#.db');
  });
  afterEach(async () => {
    for (const db of opened.splice(0)) closeDatabase(db);
    await rm(folder, { recursive: true, force: true });
  });

  const open = async () => {
    const db = await openDatabase(file, FORMAT);
    opened.push(db);
    return db;
  };
  const sum = (db: Database) =>
    Promise.resolve(db.prepare<{ n: number }>('SELECT sum(value) AS n FROM rows').get()?.n);
  const read = () => readUntouched(file, FORMAT, sum);

  test('finds nothing where there is no file, or an empty one', async () => {
    expect(await read()).toBeUndefined();
    await writeFile(file, '');
    expect(await read()).toBeUndefined();
    expect(await readdir(folder)).toEqual(['a b?#.db']);
  });

  test('sees what others have written, and cannot write', async () => {
    const db = await open();
    db.exec('INSERT INTO rows VALUES (1), (2)');
    expect(await read()).toBe(3);
    db.exec('INSERT INTO rows VALUES (3)');
    expect(await read()).toBe(6);
    const writing = async (reader: Database) => {
      reader.exec('INSERT INTO rows VALUES (4)');
    };
    const refused = { name: 'Outage', part: 'test', reason: 'readonly' };
    await expect(readUntouched(file, FORMAT, writing)).rejects.toMatchObject(refused);
    expect(await read()).toBe(6);
  });

  test('looks again where somebody opens the file meanwhile', async () => {
    const db = await open();
    db.exec('INSERT INTO rows VALUES (1)');
    closeDatabase(db);
    expect(await readdir(folder)).toEqual(['a b?#.db']);
    let looks = 0;
    const seen = await readUntouched(file, FORMAT, async (reader) => {
      looks += 1;
      const before = await sum(reader);
      if (looks === 1) (await open()).exec('INSERT INTO rows VALUES (10)');
      return before;
    });
    expect([looks, seen]).toEqual([2, 11]);
  });

  test('refuses what it does not know, and leaves an older format as it is', async () => {
    closeDatabase(await open());
    await expect(readUntouched(file, OTHER, sum)).rejects.toMatchObject({ code: 'format-foreign' });
    await expect(readUntouched(file, LATER, sum)).rejects.toMatchObject({ reason: 'format-older' });
    expect(await read()).toBeNull();
    await writeFile(file, 'no database at all');
    await expect(read()).rejects.toMatchObject({ code: 'store-corrupt' });
  });

  test('does not play in a write-ahead log that nobody has open', async () => {
    closeDatabase(await open());
    await writeFile(`${file}-wal`, 'of some other file');
    await expect(read()).rejects.toMatchObject({ name: 'Outage', reason: 'wal-alone' });
    expect(await readdir(folder)).toEqual(['a b?#.db', 'a b?#.db-wal']);
  });
});
