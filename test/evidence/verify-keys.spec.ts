import { rm } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { customerStream } from '#customers';
import { auditCode, type AuditReport } from '#evidence';
import type { SubjectId } from '#kernel';
import { instantOf } from '#kernel';

import { openLedger } from '../../apps/composition/index.js';
import { settingsOf, whileWorking } from '../faults/support/folder.js';
import { allEvents } from '../faults/support/survey.js';
import { erase } from '../faults/support/people.js';
import { dropKeys } from '../faults/support/vault-by-hand.js';
import { edit } from './support/edits.js';
import { onCopy, prepareLedger, signed, type Prepared } from './support/prepared.js';
import { verified } from './support/verified.js';

const LIMIT = 120_000;
const EVERY = 3;
const LEAST = 30;

let prepared: Prepared;
/** A third of the people who are left in the test's small register. */
let erased: readonly SubjectId[];
let spared: SubjectId;
let at: string;

beforeAll(async () => {
  prepared = await prepareLedger();
  const few = prepared.people.slice(0, LEAST);
  erased = few.filter((_, n) => n % EVERY === 0);
  const [, second] = few;
  if (second === undefined) throw new Error('nobody is there');
  spared = second;
  await whileWorking(prepared.folder, async (working) => {
    for (const subject of erased) await erase(working, subject);
    await signed(working.ledger);
  });
  at = instantOf(Date.now());
}, LIMIT);

afterAll(async () => {
  await rm(prepared.folder, { recursive: true, force: true });
});

/** The streams of the places that have a verdict, each once. */
function streamsOf({ places }: AuditReport, verdict: string): ReadonlySet<string | undefined> {
  return new Set(places.filter((place) => place.verdict === verdict).map(({ stream }) => stream));
}

describe('after the erasure of a third', () => {
  it('exactly theirs is shredded, and all is well', async () => {
    const report = await verified(prepared.folder, { at });
    expect(auditCode(report.totals, report.faults)).toBe(0);
    expect(report.totals).toMatchObject({ LOST: 0, ALTERED: 0, MISSING: 0 });
    expect(streamsOf(report, 'SHREDDED')).toEqual(new Set(erased.map(customerStream)));
    // Each was registered, and has had another address since.
    expect(report.totals.SHREDDED).toBe(2 * erased.length);
    expect(report.envelopes).toMatchObject({ shredded: 4 * erased.length, lost: 0, pending: 0 });
  });

  it('one whose keys were removed by hand is lost, and nobody else', async () => {
    await onCopy(prepared, async (folder) => {
      expect(await dropKeys(folder, spared, 'contact')).toBe(1);
      const report = await verified(folder, { at });
      expect(auditCode(report.totals, report.faults)).toBe(14);
      expect(report.totals).toMatchObject({ LOST: 2, SHREDDED: 2 * erased.length });
      expect(streamsOf(report, 'LOST')).toEqual(new Set([customerStream(spared)]));
      expect(report.envelopes).toMatchObject({ lost: 2, accepted: 0 });
    });
  });

  it('a key that is destroyed by no event is lost too', async () => {
    await onCopy(prepared, async (folder) => {
      edit(folder, 'vault', (db) => {
        db.prepare(
          `UPDATE keys SET state = 'destroyed', kek = NULL, wrapped = NULL, event = ?,
           destroyed_at = 1, grave = 100000 WHERE subject = ? AND category = 'contact'`,
        ).run(Buffer.alloc(16), Buffer.from(spared.replaceAll('-', ''), 'hex'));
      });
      const report = await verified(folder, { at });
      expect(auditCode(report.totals, report.faults)).toBe(14);
      expect(streamsOf(report, 'LOST')).toEqual(new Set([customerStream(spared)]));
    });
  });

  it('keys of the erased that are removed whole are as good as destroyed', async () => {
    await onCopy(prepared, async (folder) => {
      for (const subject of erased) await dropKeys(folder, subject);
      const report = await verified(folder, { at });
      expect(report.totals.SHREDDED).toBe(2 * erased.length);
      expect(streamsOf(report, 'SHREDDED')).toEqual(new Set(erased.map(customerStream)));
    });
  });

  it('an event that was altered ends no key', async () => {
    await onCopy(prepared, async (folder) => {
      const [first] = erased;
      edit(folder, 'log', (db) => {
        db.prepare(
          `UPDATE events SET metadata = CAST(replace(CAST(metadata AS TEXT), '"schema":', '"schemA":')
           AS BLOB) WHERE stream = ? AND type IN ('ErasureStarted', 'SubjectErased')`,
        ).run(`customer-${first ?? ''}`);
      });
      const report = await verified(folder, { at });
      expect(report.totals).toMatchObject({ ALTERED: 2, LOST: 2 });
      expect(auditCode(report.totals, report.faults)).toBe(10);
    });
  });

  it('without the vault the log alone tells what is shredded, and that is said', async () => {
    const log = `${prepared.folder}/data/event-log.db`;
    const report = await verified(prepared.folder, { at }, { log, vkey: prepared.vkey });
    expect(report.totals.SHREDDED).toBe(2 * erased.length);
    expect(report).toMatchObject({ hasVault: false, tiles: { state: 'none' } });
    expect(report.heads.map(({ source }) => source)).toEqual(['log']);
    expect(auditCode(report.totals, report.faults)).toBe(0);
  });

  it('nothing was changed by looking', async () => {
    const ledger = await openLedger({ settings: settingsOf(prepared.folder), what: 'test' });
    const before = (await allEvents(ledger.stores.log)).length;
    await ledger.close();
    expect((await verified(prepared.folder, { at })).events).toBe(before);
  });
});
