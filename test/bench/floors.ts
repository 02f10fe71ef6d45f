import { createCipheriv, hash, randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { openDatabase, tag } from '#sqlite-file';

import { perSecond } from './figures.js';

/** What the machine itself does: no code of ours above the engine. */
export interface Floors {
  /** Durable rows a second, one transaction each. */
  readonly single: number;
  /** Durable rows a second in transactions of 64. */
  readonly group: number;
  /** Durable rows a second in transactions of 500. */
  readonly bulk: number;
  /** Rows of 600 bytes read and parsed a second. */
  readonly read: number;
  /** AES-256-GCM decryptions of 256 bytes a second. */
  readonly aes: number;
  /** SHA-256 of 300 bytes a second. */
  readonly sha: number;
}

const ROW = JSON.stringify({ filler: 'x'.repeat(580) });

/** Measures the floors in files of a folder. */
export async function measureFloors(folder: string): Promise<Floors> {
  const db = await openDatabase(join(folder, 'floor.db'), {
    part: 'floor',
    applicationId: tag('PLfl'),
    migrations: [
      (fresh) => {
        fresh.exec('CREATE TABLE rows (n INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT');
      },
    ],
  });
  const insert = db.prepare('INSERT INTO rows (body) VALUES (?)');
  const body = Buffer.from(ROW);
  const inserted = (rows: number, group: number) =>
    perSecond(() => {
      for (let done = 0; done < rows; done += group) {
        db.exec('BEGIN IMMEDIATE');
        for (let n = 0; n < group; n++) insert.run(body);
        db.exec('COMMIT');
      }
      return rows;
    });
  const single = await inserted(3_000, 1);
  const group = await inserted(40_000, 64);
  const bulk = await inserted(100_000, 500);
  const page = db.prepare<{ readonly body: string }>(
    'SELECT CAST(body AS TEXT) AS body FROM rows WHERE n > ? ORDER BY n LIMIT 1000',
  );
  const read = await perSecond(() => {
    let rows = 0;
    for (let from = 0; from < 100_000; from += 1000) {
      for (const row of page.all(from)) {
        JSON.parse(row.body);
        rows += 1;
      }
    }
    return rows;
  });
  db.close();
  return { single, group, bulk, read, aes: await aesRate(), sha: await shaRate() };
}

function aesRate(): Promise<number> {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  const plain = randomBytes(256);
  return perSecond(() => {
    for (let n = 0; n < 100_000; n++) {
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.update(plain);
      cipher.final();
    }
    return 100_000;
  });
}

function shaRate(): Promise<number> {
  const plain = randomBytes(300);
  return perSecond(() => {
    for (let n = 0; n < 300_000; n++) hash('sha256', plain);
    return 300_000;
  });
}
