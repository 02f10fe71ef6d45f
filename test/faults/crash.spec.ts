import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';

import { COMMAND_FAULT_POINTS } from '#commands';
import { ERASURE_FAULT_POINTS, IMPORT_FAULT_POINTS, subjectOf } from '#customers';
import { EVENT_LOG_FAULT_POINTS } from '#event-log/sqlite';
import { VAULT_FAULT_POINTS } from '#vault';
import { VIEWS_FAULT_POINTS } from '#views';

import { FILES } from '../../apps/composition/index.js';
import { KEY_EPOCH_FAULT_POINTS } from '../../apps/composition/key-epochs.js';
import type { Ended } from './support/child.js';
import { Child } from './support/child.js';
import { inFolder, whileWorking } from './support/folder.js';
import type { Acknowledged } from './support/life.js';
import { allEvents, surveyOf } from './support/survey.js';

const POINTS = [
  ...EVENT_LOG_FAULT_POINTS,
  ...VAULT_FAULT_POINTS,
  ...VIEWS_FAULT_POINTS,
  ...COMMAND_FAULT_POINTS,
  ...ERASURE_FAULT_POINTS,
  ...KEY_EPOCH_FAULT_POINTS,
  ...IMPORT_FAULT_POINTS,
];
/** Reached only where a view meets an event that it cannot fold. */
const PARKING: readonly string[] = ['projection.before-park', 'projection.after-park'];
/** Reached only where the program has a newer version of a view than the folder. */
const OUTDATED = 'rebuild.after-begin';
const LIVED = POINTS.filter((point) => !PARKING.includes(point) && point !== OUTDATED);
/** Points that are reached again and again: the first time, and at two times in the midst of it. */
const SHARES = [0, 0.4, 0.8];
const MANY = 30;
const LIMIT = 240_000;
/** Crashes under way at a time. */
const AT_ONCE = 2;

describe('a process that is killed', () => {
  let reached: Readonly<Record<string, number>>;
  let undisturbed: Readonly<Record<string, number>>;
  let crashes: ReadonlyMap<string, Promise<unknown>>;

  beforeAll(async () => {
    await inFolder(async (folder) => {
      const ended = await run(folder, 'life');
      expect([ended.code, ended.err]).toEqual([0, '']);
      reached = ended.lines.at(-1)?.reached as Record<string, number>;
      undisturbed = (await look(folder)).counts;
    });
    crashes = begin(
      LIVED.map((point) => [
        point,
        async () => {
          for (const time of timesOf(point, reached)) await crash(point, time);
        },
      ]),
    );
  }, LIMIT);
  afterAll(async () => {
    await Promise.allSettled(crashes.values());
  }, LIMIT);

  it('is killed at every fault point that there is', () => {
    const unknown = Object.keys(reached).filter((point) => !LIVED.includes(point as never));
    expect(unknown).toEqual([]);
    expect(LIVED.filter((point) => reached[point] === undefined)).toEqual([]);
  });

  it.each(LIVED)(
    'at %s: nothing acknowledged is lost, nothing is doubled, what was begun is finished',
    async (point) => {
      await crashes.get(point);
    },
    LIMIT,
  );

  it(
    `at ${OUTDATED}, while a view of an older program is replaced: the same`,
    async () => {
      await crash(OUTDATED, 1, async (folder) => {
        expect((await run(folder, 'life')).code).toBe(0);
        const db = new DatabaseSync(join(folder, 'data', FILES.views));
        db.exec("UPDATE builds SET version = 0 WHERE view = 'customers'");
        db.close();
      });
    },
    LIMIT,
  );

  async function crash(
    point: string,
    time: number,
    prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    await inFolder(async (folder) => {
      await prepare(folder);
      const killed = await run(folder, 'life', point, time);
      expect([point, killed.signal, killed.err]).toEqual([point, 'SIGKILL', '']);
      const again = await run(folder, 'life');
      expect([point, again.code, again.err]).toEqual([point, 0, '']);
      expect(forgotten(killed, again)).toEqual([]);
      expect(gateOf(again)).toEqual({ cameBack: 0, recorded: 0 });
      expect(again.lines.find((line) => 'defects' in line)).toEqual({ defects: [] });
      const { problems, counts } = await look(folder);
      expect(problems).toEqual([]);
      expect(counts).toEqual(undisturbed);
    });
  }

  it.each(PARKING)(
    'at %s: the view stands still again before the same event, and no other does',
    async (point) => {
      await inFolder(async (folder) => {
        const killed = await run(folder, 'poison', point);
        expect(killed.signal).toBe('SIGKILL');
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

/** Begins work, some of it at a time; each can be waited for by its name. */
function begin(
  named: readonly (readonly [string, () => Promise<void>])[],
): ReadonlyMap<string, Promise<void>> {
  const lanes: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  return new Map(
    named.map(([name, work], at) => {
      const done = (lanes[at % AT_ONCE] ?? Promise.resolve()).then(work);
      // Told where it is waited for.
      lanes[at % AT_ONCE] = done.catch(() => undefined);
      return [name, done];
    }),
  );
}

function run(folder: string, script: string, point = '-', time = 1): Promise<Ended> {
  return Child.start('crash-work', folder, [script, point, String(time)]).ended;
}

function timesOf(point: string, reached: Readonly<Record<string, number>>): number[] {
  const total = reached[point] ?? 0;
  if (total < MANY) return [1];
  return SHARES.map((share) => Math.floor(total * share) + 1);
}

/** Opens what the work left behind, and looks at all of it. */
async function look(folder: string) {
  return whileWorking(folder, async ({ ledger }) => {
    const problems = [...(await surveyOf(ledger))];
    const counts: Record<string, number> = {};
    for (const { type, stream } of await allEvents(ledger.stores.log)) {
      // How often keys were rotated depends on how often the work was begun.
      if (subjectOf(stream) !== undefined) counts[type] = (counts[type] ?? 0) + 1;
    }
    return { problems, counts };
  });
}

function gateOf(ended: Ended): unknown {
  return ended.lines.find((line) => 'gate' in line)?.gate;
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
