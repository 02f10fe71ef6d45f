import { createRequire } from 'node:module';
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

import { Outage } from '#kernel';
import { whileBusy, type Database } from '#sqlite-file';

import { PART } from './schema.js';

/** With files up to this size heavy statements take some 50 ms, which is what a thread costs. */
const INLINE_BYTES = 8 * 1024 * 1024;

/** How long heavy statements wait for other writers. */
export const APART_LIMIT_MILLIS = 30_000;

/**
 * Runs statements that take long, each a transaction of its own: on the connection where the file is
 * small, else on a thread apart, so that nobody but other writers waits for them.
 */
export async function runApart(
  db: Database,
  file: string,
  statements: readonly string[],
): Promise<void> {
  if (statSync(file).size > INLINE_BYTES) {
    await runInWorker(file, statements);
    return;
  }
  for (const sql of statements) {
    await whileBusy(PART, APART_LIMIT_MILLIS, () => {
      db.exec(sql);
    });
  }
}

/** Given as text, so that it is the same beside sources and builds. */
const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require(workerData.sqlite);
  const db = new DatabaseSync(workerData.file, { timeout: workerData.limit });
  try {
    db.exec('PRAGMA secure_delete = ON; PRAGMA synchronous = NORMAL');
    for (const sql of workerData.statements) db.exec(sql);
  } finally {
    db.close();
  }
  parentPort.postMessage('done');
`;

function runInWorker(file: string, statements: readonly string[]): Promise<void> {
  const sqlite = createRequire(import.meta.url).resolve('@photostructure/sqlite');
  return new Promise((resolve, reject) => {
    const workerData = { file, sqlite, statements, limit: APART_LIMIT_MILLIS };
    const worker = new Worker(WORKER, { eval: true, workerData });
    let done = false;
    const failed = (cause?: unknown) => {
      reject(new Outage(PART, 'heavy-statement', { cause }));
    };
    worker.once('message', () => {
      done = true;
    });
    worker.once('error', failed);
    worker.once('exit', () => {
      if (done) resolve();
      else failed();
    });
  });
}
