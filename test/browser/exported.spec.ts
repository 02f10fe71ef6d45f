import { readFile, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Bench } from '../cli/cli.js';
import { verify } from './support/on-disk.js';

interface Said {
  readonly exit: number;
  readonly isWhole: boolean;
  readonly isComplete: boolean;
  readonly kept?: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly vkey: string;
}

const ROWS = 40;

/** What `ledger evidence bundle` writes, checked by the verifier that it writes. */
describe('ledger evidence bundle', () => {
  let bench: Bench;
  let kept: string;
  let customer: string;
  let times: readonly string[];

  beforeAll(async () => {
    bench = await Bench.make();
    const rows = Array.from(
      { length: ROWS },
      (_, n) => `${String(n)},Kaisa${String(n)},Korhonen\n`,
    );
    await writeFile(bench.path('people.csv'), `id,first_name,last_name\n${rows.join('')}`);
    const fields = { firstName: 'first_name', lastName: 'last_name' };
    const map = { kind: 'customers', source: 'old', key: 'id', category: 'private', fields };
    await writeFile(bench.path('map.json'), JSON.stringify(map));
    const imported = await bench.run([
      'import',
      bench.path('people.csv'),
      '--map',
      bench.path('map.json'),
    ]);
    expect(imported.code).toBe(0);
    kept = bench.path('kept');
    await writeFile(kept, (await bench.run(['evidence', 'checkpoint'])).out);
    const events = (await bench.run(['replay', '--json'])).out.trim().split('\n');
    const told = events.map(
      (line) => JSON.parse(line) as { stream: string; metadata: { recordedAt: string } },
    );
    customer = told.find(({ stream }) => stream.startsWith('customer-'))?.stream.slice(9) ?? '';
    times = told.map(({ metadata }) => metadata.recordedAt);
  });

  afterAll(() => bench.remove());

  async function made(out: string, ...args: readonly string[]): Promise<string> {
    const path = bench.path(out);
    const ran = await bench.run(['evidence', 'bundle', '--out', path, ...args]);
    expect(ran).toMatchObject({ code: 0, err: '' });
    return path;
  }

  async function said(path: string, ...args: readonly string[]): Promise<Said> {
    const ran = await verify(path, '--json', ...args);
    expect(ran.err).toBe('');
    return JSON.parse(ran.out) as Said;
  }

  it('of everything shows that it is everything', async () => {
    for (const out of ['whole', 'whole.zip']) {
      const report = await said(await made(out), '--from', kept);
      expect(report).toMatchObject({ exit: 0, isWhole: true, kept: 'agrees' });
      expect(report.totals.INTACT).toBeGreaterThanOrEqual(ROWS);
    }
  });

  it('carries the verifiers that the build made', async () => {
    const path = await made('carried');
    for (const name of ['verify.mjs', 'verify.html']) {
      expect(await readFile(`${path}/${name}`)).toEqual(await readFile(`dist/verifier/${name}`));
    }
  });

  it('of a customer is complete, and shows what was asked for against a kept checkpoint', async () => {
    const path = await made('customer', '--customer', customer, '--kept', kept);
    const report = await said(path, '--from', kept);
    expect(report).toMatchObject({ exit: 0, isWhole: false, isComplete: true, kept: 'agrees' });
    expect((await said(path, '--vkey', report.vkey)).exit).toBe(0);
  });

  it('of a period has all that lies between', async () => {
    const [from = '', to = ''] = [times.at(5), times.at(-5)];
    const report = await said(await made('period.zip', '--from', from, '--to', to));
    expect(report).toMatchObject({ exit: 0, isWhole: false, isComplete: true });
  });

  it.each([
    [['--customer', '00000000-0000-4000-8000-000000000000']],
    [['--customer', 'nobody']],
    [['--from', '2026-03-02T09:15:00Z']],
    [['--from', '1990-01-01T00:00:00Z', '--to', '1990-01-02T00:00:00Z']],
    [['--kept', '/nowhere']],
  ])('refuses %j', async (args) => {
    const ran = await bench.run(['evidence', 'bundle', '--out', bench.path('refused'), ...args]);
    expect([ran.code, ran.out]).toEqual([2, '']);
  });

  it('writes over nothing', async () => {
    const ran = await bench.run(['evidence', 'bundle', '--out', bench.folder]);
    expect(ran.code).toBe(2);
  });
});
