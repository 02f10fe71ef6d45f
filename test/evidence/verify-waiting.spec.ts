import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { auditCode } from '#evidence';
import { ManualClock } from '#vault/contract';

import { openLedger } from '../../apps/composition/index.js';
import { settingsOf } from '../faults/support/folder.js';
import { NEWER } from './support/mutations.js';
import { change, onCopy, prepareLedger, type Prepared } from './support/prepared.js';
import { verified } from './support/verified.js';

const INTERVAL = 300_000;
const DAY = 86_400_000;

let prepared: Prepared;

beforeAll(async () => {
  prepared = await prepareLedger();
});

afterAll(async () => {
  await rm(prepared.folder, { recursive: true, force: true });
});

/** Something happens once, a while after the newer checkpoint, and is not signed. */
async function happen(folder: string, afterMillis: number): Promise<void> {
  const clock = new ManualClock();
  clock.set(prepared.at as ReturnType<ManualClock['now']>);
  clock.advance(afterMillis);
  const ledger = await openLedger({ settings: settingsOf(folder), what: 'test', clock });
  const [, , third] = prepared.people;
  if (third !== undefined) await change(ledger, third, 7_000);
  await ledger.close();
}

describe('what waits for a checkpoint', () => {
  it('may wait for ever, if it is evidence alone', async () => {
    const report = await verified(prepared.folder, prepared, { laterMillis: DAY });
    expect(report.unsigned).toEqual({ count: 1, oldestMillis: undefined });
    expect(auditCode(report.totals, report.faults)).toBe(0);
  });

  it('may wait for two intervals, and no longer', async () => {
    await onCopy(prepared, async (folder) => {
      await happen(folder, 60_000);
      const after = async (laterMillis: number) => verified(folder, prepared, { laterMillis });
      const inTime = await after(60_000 + 2 * INTERVAL);
      expect(inTime.totals).toMatchObject({ INTACT: NEWER, UNSIGNED: 2 });
      expect(inTime.unsigned).toEqual({ count: 2, oldestMillis: 2 * INTERVAL });
      expect(auditCode(inTime.totals, inTime.faults)).toBe(0);
      const late = await after(60_000 + 2 * INTERVAL + 1);
      expect(late.faults).toEqual([{ fault: 'unsigned-too-long' }]);
      expect(auditCode(late.totals, late.faults)).toBe(15);
    });
  });

  it('waits, in a copy, by the time of the newest event', async () => {
    await onCopy(prepared, async (folder) => {
      await happen(folder, 60_000);
      const given = { log: join(folder, 'data', 'event-log.db'), vkey: prepared.vkey };
      const copy = () => verified(folder, prepared, { ...given, laterMillis: DAY });
      expect((await copy()).faults).toEqual([]);
    });
  });
});
