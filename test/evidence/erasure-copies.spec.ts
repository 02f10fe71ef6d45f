import { describe, expect, it } from '@jest/globals';

import { customerStream } from '#customers';
import { checkCopy, isCopyRefused, nodeCryptography, vkeyOf, type CopyChecked } from '#evidence';
import type { EventId } from '#kernel';
import { parseInstant, plusMillis } from '#kernel';
import { ManualClock } from '#vault/contract';

import type { Ledger } from '../../apps/composition/index.js';
import {
  ErasureCopies,
  EvidenceReader,
  openLedger,
  signWhile,
} from '../../apps/composition/index.js';
import { KeyEpochs } from '../../apps/composition/key-epochs.js';
import { accepted, allEnded, asking } from '../faults/support/asking.js';
import { inFolder, settingsOf, whileWorking } from '../faults/support/folder.js';
import { register } from '../faults/support/people.js';

const LIMIT = 60_000;
const DAY = 24 * 60 * 60 * 1_000;
/** A checkpoint is made once a second at most. */
const SIGNED_AGAIN = 2_000;
const BACKUPS = { LEDGER_BACKUP_MS: String(DAY) };

/** Erases somebody, on a ledger of its own that is then opened by nobody else. */
async function erasedIn(folder: string, clock: ManualClock): Promise<EventId> {
  return whileWorking(
    folder,
    async ({ ledger, processes }) => {
      const subject = await register(ledger, 'Matti');
      const request = { ground: 'objection', categories: ['identity', 'contact'] } as const;
      accepted(await ledger.commands.requestErasure(asking('erase'), subject, request));
      processes.nudge();
      await allEnded(ledger, subject);
      for await (const page of ledger.stores.log.read(customerStream(subject), 0)) {
        const erased = page.find(({ type }) => type === 'SubjectErased');
        if (erased !== undefined) return erased.id;
      }
      throw new Error('nothing was erased');
    },
    { clock, more: BACKUPS },
  );
}

async function withLedger<T>(
  folder: string,
  clock: ManualClock,
  work: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const settings = settingsOf(folder, BACKUPS);
  const ledger = await openLedger({ settings, what: 'test', clock });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** Signed anew, for which the clock has to go on. */
async function copyOf(ledger: Ledger, clock: ManualClock, erased: EventId): Promise<string> {
  clock.advance(SIGNED_AGAIN);
  const made = await signWhile(ledger, () => new ErasureCopies(ledger).copy(erased, true));
  if (made === undefined) throw new Error('is not signed');
  return made;
}

async function checked(copy: string, vkey?: string): Promise<CopyChecked> {
  const report = await checkCopy(copy, { vkey }, nodeCryptography);
  if (isCopyRefused(report)) throw new Error(report.refused);
  return report;
}

describe('a copy of an erasure receipt', () => {
  it(
    'says that no copy opens any more when the key of copies is gone, and proves it',
    async () => {
      await inFolder(async (folder) => {
        const clock = new ManualClock();
        const erased = await erasedIn(folder, clock);
        await withLedger(folder, clock, async (ledger) => {
          const state = async () =>
            (await checked(await copyOf(ledger, clock, erased))).copy.copies;
          expect(await state()).toMatchObject({ state: 'awaited', retirements: [] });
          const epochs = new KeyEpochs(ledger);
          await epochs.rotate();
          expect(await state()).toMatchObject({ state: 'awaited' });
          clock.advance(DAY + 1);
          await epochs.retireDue();
          const report = await checked(await copyOf(ledger, clock, erased));
          expect(report).toMatchObject({ exit: 'good', retirements: { proven: 1, all: 1 } });
          expect(report.copy.copies.state).toBe('confirmed');
          const pdf = await new ErasureCopies(ledger).pdf(
            await copyOf(ledger, clock, erased),
            'sv',
          );
          expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
        });
      });
    },
    LIMIT,
  );

  it(
    'says that the day has gone by where the key of copies is still there',
    async () => {
      await inFolder(async (folder) => {
        const clock = new ManualClock();
        const erased = await erasedIn(folder, clock);
        await withLedger(folder, clock, async (ledger) => {
          const { day } = (await checked(await copyOf(ledger, clock, erased))).copy.copies;
          const late = plusMillis(parseInstant(`${day}T23:00:00Z`, 'day'), DAY);
          clock.set(late);
          expect((await checked(await copyOf(ledger, clock, erased))).copy.copies).toEqual({
            day,
            state: 'overdue',
            retirements: [],
          });
        });
      });
    },
    LIMIT,
  );

  it(
    'is not confirmed by the end of a key of keys that came after it',
    async () => {
      await inFolder(async (folder) => {
        const clock = new ManualClock();
        const erased = await erasedIn(folder, clock);
        await withLedger(folder, clock, async (ledger) => {
          const { rotation } = ledger.stores.vault;
          const [first] = await rotation.kekStatus();
          const epochs = new KeyEpochs(ledger);
          clock.advance(1);
          await epochs.rotate();
          clock.advance(1);
          await epochs.rotate();
          const keks = await rotation.kekStatus();
          expect(keks.map(({ id }) => id)).toContain(first?.id);
          expect((await checked(await copyOf(ledger, clock, erased))).copy.copies.state).toBe(
            'awaited',
          );
          clock.advance(DAY + 1);
          await epochs.retireDue();
          const { copies } = (await checked(await copyOf(ledger, clock, erased))).copy;
          expect(copies.retirements).toHaveLength(1);
          const data = Buffer.from(copies.retirements[0]?.data ?? []).toString();
          expect(JSON.parse(data)).toMatchObject({ kek: first?.id });
        });
      });
    },
    LIMIT,
  );

  it(
    'is known by a key that has replaced the one which signed the receipt',
    async () => {
      await inFolder(async (folder) => {
        const clock = new ManualClock();
        const erased = await erasedIn(folder, clock);
        await withLedger(folder, clock, async (ledger) => {
          const { keys } = ledger.evidence;
          const vkey = () => vkeyOf(keys.notes.key, nodeCryptography);
          const before = await vkey();
          await keys.makeNext();
          await signWhile(ledger, () => new EvidenceReader(ledger).keyAfter(before));
          expect(await vkey()).not.toBe(before);
          const copy = await copyOf(ledger, clock, erased);
          for (const known of [undefined, before, await vkey()]) {
            expect(await checked(copy, known)).toMatchObject({ exit: 'good', receipt: 'good' });
          }
        });
      });
    },
    LIMIT,
  );
});
