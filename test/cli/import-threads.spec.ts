import { readFile, stat, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Bench } from './cli.js';

/** Long, for a machine that is busy. */
const LIMIT = 120_000;
/** More than one thread's worth. */
const ROWS = 6_000;
const HALF_MEGABYTE = 512 * 1024;
const MAP = {
  kind: 'customers',
  source: 'crowd',
  key: 'id',
  category: 'private',
  fields: { customerNumber: 'number', lastName: 'name', email: 'email' },
};

const rowOf = (at: number, name = 'Meikäläinen') =>
  `${String(at)},N-${String(at)},${name},matti${String(at)}@example.fi`;

describe('an import of many rows, recorded on several threads', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.make();
    await writeFile(bench.path('map.json'), JSON.stringify(MAP));
  });
  afterAll(() => bench.remove());

  async function imported(rows: readonly string[]) {
    await writeFile(bench.path('rows.csv'), ['id,number,name,email', ...rows, ''].join('\n'));
    const files = ['--map', bench.path('map.json'), '--report', bench.path('report.csv')];
    const ran = await bench.run(['import', bench.path('rows.csv'), ...files, '--json']);
    const report = await readFile(bench.path('report.csv'), 'utf8');
    return { ...ran, totals: JSON.parse(ran.out) as unknown, report: report.trim().split('\n') };
  }

  it(
    'takes each row once, and tells refused ones in the order of the file',
    async () => {
      const rows = Array.from({ length: ROWS }, (_, at) => rowOf(at));
      rows[17] = `17,N-17,,`;
      rows[4_000] = rowOf(3);
      rows[5_000] = '5000,N-5,Virtanen,maija@example.fi';
      const { code, totals, report } = await imported(rows);
      expect(totals).toMatchObject({ rows: ROWS, taken: ROWS - 3, refused: 3, unchanged: 0 });
      expect(report).toEqual([
        'line,column,reason',
        '19,,name-missing',
        '4002,,key-twice',
        '5002,,customer-number-in-use',
      ]);
      expect(code).toBe(3);
    },
    LIMIT,
  );

  it(
    'run again takes what has changed, and what was refused',
    async () => {
      const rows = Array.from({ length: ROWS }, (_, at) =>
        rowOf(at, at < 10 ? 'Virtanen' : undefined),
      );
      const { code, totals } = await imported(rows);
      expect(totals).toEqual({
        rows: ROWS,
        taken: 13,
        changed: 10,
        unchanged: ROWS - 13,
        refused: 0,
        leftOut: [],
        interrupted: false,
        dryRun: false,
      });
      expect(code).toBe(0);
    },
    LIMIT,
  );

  it(
    'interrupted, says so; run again, it goes on',
    async () => {
      const rows = Array.from({ length: ROWS }, (_, at) => rowOf(at, 'Korhonen'));
      await writeFile(bench.path('rows.csv'), ['id,number,name,email', ...rows, ''].join('\n'));
      const files = ['import', bench.path('rows.csv'), '--map', bench.path('map.json'), '--json'];
      const totals = (ran: { readonly out: string }) =>
        JSON.parse(ran.out) as Record<string, number>;
      const written = async () => (await stat(bench.path('data/event-log.db-wal'))).size;
      const first = await bench.runUntil(
        files,
        'SIGINT',
        async () => (await written()) > HALF_MEGABYTE,
      );
      expect(first.code).toBe(130);
      const second = await bench.run(files);
      expect(second.code).toBe(0);
      expect(totals(second)).toMatchObject({ rows: ROWS, refused: 0 });
      const taken = (totals(first).taken ?? 0) + (totals(second).taken ?? 0);
      expect(taken).toBe(ROWS);
    },
    LIMIT,
  );
});
