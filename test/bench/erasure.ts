import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Ledger, Processes } from '../../apps/composition/index.js';
import type { Asking } from '#customers';
import { casesView, customerStream, ERASABLE } from '#customers';
import type { SubjectId } from '#kernel';
import { isRefusal } from '#kernel';

import type { Figure } from './figures.js';
import { sampleEvent } from './samples.js';

/** Erasing a person with a long history takes no longer than one with a short. */
export async function benchErasure(
  ledger: Ledger,
  processes: Processes,
): Promise<readonly Figure[]> {
  await eraseAfter(ledger, processes, 10);
  const short = await median(() => eraseAfter(ledger, processes, 10));
  const long = await median(() => eraseAfter(ledger, processes, 100_000), 1);
  return [
    {
      work: 'erasing a person with 100,000 events, beside one with 10',
      figure: long / short,
      unit: 'times the time',
      floor: { what: 'ms to erase a person with 10 events', figure: short },
      goal: { atMost: 2 },
    },
  ];
}

async function median(measure: () => Promise<number>, runs = 5): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await measure());
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

/** Milliseconds from the request to the receipt of a person with so many events. */
async function eraseAfter(ledger: Ledger, processes: Processes, events: number): Promise<number> {
  const subject = await register(ledger);
  await prolong(ledger, subject, events);
  await ledger.projections.waitForAll(await ledger.stores.log.head(), 600_000);
  const from = performance.now();
  const asked = await ledger.commands.requestErasure(asking(), subject, {
    ground: 'no-longer-needed',
    categories: ERASABLE,
  });
  if (isRefusal(asked)) throw new Error(asked.code);
  processes.nudge();
  for (;;) {
    const row = await ledger.stores.views.get(casesView, asked.case);
    if (row?.doc.status === 'erased') return performance.now() - from;
    // Timers and the processes' own work need their turn.
    await pause(1);
  }
}

async function register(ledger: Ledger): Promise<SubjectId> {
  const outcome = await ledger.commands.register(asking(), {
    category: 'private',
    identity: { firstName: 'Maija', lastName: 'Virtanen' },
    contact: { email: 'maija.virtanen@example.fi' },
  });
  if (isRefusal(outcome)) throw new Error(outcome.code);
  return outcome.subject;
}

/** Bans set and lifted: history that holds nothing. The fold is warmed as a living ledger's is. */
async function prolong(ledger: Ledger, subject: SubjectId, events: number): Promise<void> {
  const stream = customerStream(subject);
  for (let revision = 0; revision < events; revision += 1000) {
    const count = Math.min(1000, events - revision);
    const changes = Array.from({ length: count }, (_, n) =>
      sampleEvent(n % 2 === 0 ? 'UseForbidden' : 'UseAllowed', { use: 'market-research' }),
    );
    await ledger.stores.log.append(stream, revision, changes);
  }
  await ledger.handler.look(stream, (fold) => fold.revision);
}

function asking(): Asking {
  return {
    account: 'bench',
    role: 'officer',
    purpose: 'data-subject-rights',
    source: 'staff',
    key: randomUUID(),
  };
}
