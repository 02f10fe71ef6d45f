import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { auditCode, nodeCryptography, vkeyOf } from '#evidence';
import { systemClock } from '#kernel';

import type { Ledger } from '../../apps/composition/index.js';
import {
  EvidenceReader,
  LogAcceptance,
  openLedger,
  signWhile,
} from '../../apps/composition/index.js';
import { settingsOf } from '../faults/support/folder.js';
import { remove } from './support/edits.js';
import { change, onCopy, prepareLedger, signed, type Prepared } from './support/prepared.js';
import { verified } from './support/verified.js';

let prepared: Prepared;

beforeAll(async () => {
  prepared = await prepareLedger();
});

afterAll(async () => {
  await rm(prepared.folder, { recursive: true, force: true });
});

async function whileOpen<T>(folder: string, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openLedger({ settings: settingsOf(folder), what: 'test' });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** A new signing key takes the place of the one before. */
async function rotate(ledger: Ledger): Promise<string> {
  const { keys } = ledger.evidence;
  const before = await vkeyOf(keys.notes.key, nodeCryptography);
  await keys.makeNext();
  const after = await signWhile(ledger, () => new EvidenceReader(ledger).keyAfter(before));
  if (after === undefined) throw new Error('no new key');
  return after;
}

describe('a ledger whose signing key was replaced', () => {
  it('is held to what any of its keys has signed, by the word of any of them', async () => {
    await onCopy(prepared, async (folder) => {
      const [second, third] = await whileOpen(folder, async (ledger) => [
        await rotate(ledger),
        await rotate(ledger),
      ]);
      await whileOpen(folder, (ledger) => signed(ledger));
      const from = join(folder, 'older.txt');
      for (const vkey of [undefined, prepared.vkey, second, third]) {
        const report = await verified(folder, prepared, {
          from,
          ...(vkey === undefined ? {} : { vkey }),
        });
        expect(report.heads.map(({ source, standing }) => [source, standing])).toEqual([
          ['log', 'agrees'],
          ['tiles', 'agrees'],
          ['anchor', 'agrees'],
          ['kept', 'agrees'],
        ]);
        expect(auditCode(report.totals, report.faults)).toBe(0);
      }
    });
  });

  it('is not held to the word of a key that it has never announced', async () => {
    await onCopy(prepared, async (folder) => {
      const stranger = await onCopy(prepared, (other) => whileOpen(other, rotate));
      const report = await verified(folder, prepared, { vkey: stranger });
      expect(report.faults).toContainEqual({ fault: 'signature-wrong', source: 'log' });
      expect(auditCode(report.totals, report.faults)).toBe(15);
    });
  });
});

describe('a ledger whose log was put back and accepted', () => {
  it('is what was signed since, and a checkpoint that was kept tells of what is gone', async () => {
    await onCopy(prepared, async (folder) => {
      const [older, newer] = prepared.sizes;
      remove(folder, newer - 20, newer + 1);
      const acceptance = await LogAcceptance.open(settingsOf(folder), systemClock, () => undefined);
      const officers = await Promise.all(
        ['one', 'two'].map((label) => acceptance.tokens.create('officer', label)),
      );
      for (const { id } of officers) await acceptance.accept(id);
      await acceptance.close();
      await whileOpen(folder, async (ledger) => {
        const [person] = prepared.people;
        if (person !== undefined) await change(ledger, person, 8_000);
        await signed(ledger);
      });
      const since = await verified(folder, prepared);
      expect([since.faults, auditCode(since.totals, since.faults)]).toEqual([[], 0]);
      const kept = await verified(folder, prepared, { from: join(folder, 'newer.txt') });
      expect(kept.faults).toEqual([{ fault: 'log-shorter', source: 'kept' }]);
      expect(auditCode(kept.totals, kept.faults)).toBe(16);
      const before = await verified(folder, prepared, { from: join(folder, 'older.txt') });
      expect(before.heads.find(({ source }) => source === 'kept')).toMatchObject({
        size: older,
        standing: 'agrees',
      });
    });
  });
});
