import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { auditCode, type AuditReport, type Verdict } from '#evidence';

import { MUTATIONS, NEWER, OLDER } from './support/mutations.js';
import { onCopy, prepareLedger, type Prepared } from './support/prepared.js';
import { verified } from './support/verified.js';

let prepared: Prepared;

beforeAll(async () => {
  prepared = await prepareLedger();
});

afterAll(async () => {
  await rm(prepared.folder, { recursive: true, force: true });
});

/** Every verdict that an event has, but INTACT. */
function verdictsOf({ totals }: AuditReport): Partial<Record<Verdict, number>> {
  const found = Object.entries(totals).filter(([name, count]) => count > 0 && name !== 'INTACT');
  return Object.fromEntries(found);
}

describe('a ledger that nobody has edited', () => {
  it('is as its mutations take it to be, and all of it is good', async () => {
    expect(prepared.sizes).toEqual([OLDER, NEWER]);
    const report = await verified(prepared.folder, prepared);
    expect(report.totals).toMatchObject({ INTACT: NEWER, UNSIGNED: 1 });
    expect(report.heads).toMatchObject(
      ['log', 'tiles', 'anchor'].map((source) => ({ source, size: NEWER, standing: 'agrees' })),
    );
    expect(report).toMatchObject({ faults: [], tiles: { state: 'compared', damaged: [] } });
    expect(auditCode(report.totals, report.faults)).toBe(0);
  });
});

describe('a ledger that was edited underneath', () => {
  it.each(MUTATIONS)('is found out: $name', async ({ mutate, expected, kept }) => {
    await onCopy(prepared, async (folder) => {
      await mutate(folder, prepared);
      const from = kept === undefined ? {} : { from: join(folder, `${kept}.txt`) };
      const report = await verified(folder, prepared, from);
      expect(verdictsOf(report)).toEqual(expected.verdicts);
      const named = report.places.filter(({ verdict }) => verdict !== 'UNSIGNED');
      expect(named).toMatchObject([...expected.places]);
      expect(report.faults).toEqual(expected.faults ?? []);
      expect(report.tiles.damaged).toEqual(expected.tiles ?? []);
      expect(auditCode(report.totals, report.faults)).toBe(expected.exit);
    });
  });
});
