import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { subjectOf } from '#customers';
import { auditCode } from '#evidence';
import { systemClock } from '#kernel';

import { verifyStore } from '../../apps/cli/evidence/verify-run.js';
import { makeFolder, removeFolder } from '../engines/places.js';
import type { Ended } from './support/child.js';
import { Child } from './support/child.js';
import type { Kill } from './support/crash-points.js';
import {
  AT_ONCE,
  KILLED,
  killsOf,
  LIVED,
  OUTDATED,
  outdate,
  PARKING,
} from './support/crash-points.js';
import { inFolder, settingsOf, whileWorking } from './support/folder.js';
import type { Acknowledged } from './support/life.js';
import { allEvents, surveyOf } from './support/survey.js';

const LIMIT = 240_000;

describe('a process that is killed', () => {
  /** The folder of a life that nothing disturbed. */
  let whole: string;
  let reached: Readonly<Record<string, number>>;
  let undisturbed: Readonly<Record<string, number>>;
  let crashes: readonly Crash[] = [];

  beforeAll(async () => {
    whole = await makeFolder('faults');
    const ended = await run(whole, 'life');
    expect([ended.code, ended.err]).toEqual([0, '']);
    reached = ended.lines.at(-1)?.reached as Record<string, number>;
    undisturbed = (await look(whole)).counts;
    crashes = begin(killsOf(reached), (kills) => inFolder((folder) => crash(folder, kills)));
  }, LIMIT);
  afterAll(async () => {
    await Promise.allSettled(crashes.map(({ done }) => done));
    await removeFolder(whole);
  }, LIMIT);

  it('reaches every fault point that there is', () => {
    const unknown = Object.keys(reached).filter((point) => !LIVED.includes(point));
    expect(unknown).toEqual([]);
    expect(LIVED.filter((point) => reached[point] === undefined)).toEqual([]);
  });

  it.each(KILLED)(
    'at %s: nothing acknowledged is lost, nothing is doubled, what was begun is finished',
    async (point) => {
      const mine = crashes.filter(({ kills }) => kills.some(([at]) => at === point));
      expect(mine).not.toEqual([]);
      await Promise.all(mine.map(({ done }) => done));
    },
    LIMIT,
  );

  it(
    `at ${OUTDATED}, while a view of an older program is replaced: the same`,
    async () => {
      await outdate(whole, 'customers');
      await crash(whole, [[OUTDATED, 1]]);
    },
    LIMIT,
  );

  /** Ends lives on a folder in turn; then one comes to its own end. */
  async function crash(folder: string, kills: readonly Kill[]): Promise<void> {
    const ended: Ended[] = [];
    for (const [point, time] of kills) {
      const killed = await run(folder, 'life', point, time);
      expect([point, killed.signal, killed.err]).toEqual([point, 'SIGKILL', '']);
      ended.push(killed);
    }
    const again = await run(folder, 'life');
    expect([kills, again.code, again.err]).toEqual([kills, 0, '']);
    expect(ended.flatMap((killed) => forgotten(killed, again))).toEqual([]);
    const gates = [...ended, again].flatMap(gatesOf);
    expect(gates).toEqual(gates.map(() => ({ cameBack: 0, recorded: 0 })));
    expect(gatesOf(again)).toHaveLength(1);
    expect(again.lines.find((line) => 'defects' in line)).toEqual({ defects: [] });
    const { problems, counts, verified } = await look(folder);
    expect([kills, problems, verified]).toEqual([kills, [], 0]);
    expect(counts).toEqual(undisturbed);
  }

  it(
    `at ${PARKING.join(' and at ')}: the view stands still again before the same event, and no other does`,
    async () => {
      await inFolder(async (folder) => {
        for (const point of PARKING) {
          const killed = await run(folder, 'poison', point);
          expect([point, killed.signal]).toEqual([point, 'SIGKILL']);
        }
        const again = await run(folder, 'poison');
        expect([again.code, again.err]).toEqual([0, '']);
        await whileWorking(folder, async ({ ledger }) => {
          const head = await ledger.stores.log.head();
          expect(await ledger.projections.waitFor('vouchers', head, LIMIT)).toBe(true);
          const builds = await ledger.stores.views.builds();
          expect(builds.map(({ view, parked }) => [view, parked?.reason])).toEqual(
            expect.arrayContaining([
              ['customers', 'open: envelope-refused (CustomerRegistered)'],
              ['vouchers', undefined],
              ['erasure-cases', undefined],
              ['endings', undefined],
              ['mentions', undefined],
            ]),
          );
        });
      });
    },
    LIMIT,
  );
});

/** Kills on one folder. */
interface Crash {
  readonly kills: readonly Kill[];
  readonly done: Promise<void>;
}

/** Begins work on folders, on some of them at a time. */
function begin(
  folders: readonly (readonly Kill[])[],
  work: (kills: readonly Kill[]) => Promise<void>,
): readonly Crash[] {
  const lanes: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  return folders.map((kills, at) => {
    const done = (lanes[at % AT_ONCE] ?? Promise.resolve()).then(() => work(kills));
    // Told where it is waited for.
    lanes[at % AT_ONCE] = done.catch(() => undefined);
    return { kills, done };
  });
}

function run(folder: string, script: string, point = '-', time = 1): Promise<Ended> {
  return Child.start('crash-work', folder, [script, point, String(time)]).ended;
}

/** Opens what the work left behind, and looks at all of it. */
async function look(folder: string) {
  const seen = await whileWorking(folder, async ({ ledger }) => {
    const problems = [...(await surveyOf(ledger))];
    const counts: Record<string, number> = {};
    for (const { type, stream } of await allEvents(ledger.stores.log)) {
      // How often keys were rotated depends on how often the work was begun.
      if (subjectOf(stream) !== undefined) counts[type] = (counts[type] ?? 0) + 1;
    }
    return { problems, counts };
  });
  // A small log: what a second thread would cost is to start.
  const request = { settings: settingsOf(folder), clock: systemClock, threads: 1 };
  const { totals, faults } = (await verifyStore(request)).report;
  return { ...seen, verified: auditCode(totals, faults) };
}

/** What the gate found to repair, where the life came so far as to say it. */
function gatesOf(ended: Ended): readonly unknown[] {
  return ended.lines.flatMap((line) => ('gate' in line ? [line.gate] : []));
}

/** What was acknowledged before the kill, and is not answered by the same events after it. */
function forgotten(before: Ended, after: Ended): readonly Acknowledged[] {
  const done = new Map(acknowledged(after).map(({ step, events }) => [step, events.join()]));
  return acknowledged(before).filter(({ step, events }) => done.get(step) !== events.join());
}

function acknowledged(ended: Ended): readonly Acknowledged[] {
  return ended.lines
    .filter((line) => 'step' in line)
    .map(({ step, events }) => ({ step: step as string, events: events as string[] }));
}
