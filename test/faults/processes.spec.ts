import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';

import { millisOf, Outage, parseInstant } from '#kernel';
import type { JsonObject, SubjectId } from '#kernel';

import type { Ledger } from '../../apps/composition/index.js';
import { FILES } from '../../apps/composition/index.js';
import { describeOnFiles } from '../engines/on-files.js';
import { allEnded, asking, viewsAtHead } from './support/asking.js';
import { Child } from './support/child.js';
import { inFolder, inLedger, startWorking, whileWorking } from './support/folder.js';
import {
  all,
  askErasure,
  erase,
  eventsOf,
  readingOf,
  register,
  typesOf,
} from './support/people.js';
import { surveyOf } from './support/survey.js';
import { until } from './support/until.js';

const LIMIT = 60_000;
const CACHE_MILLIS = 800;
const LEASE_MILLIS = 600;
const MORE = {
  LEDGER_KEY_CACHE_MS: String(CACHE_MILLIS),
  LEDGER_LEASE_MS: String(LEASE_MILLIS),
};
/** What a busy machine may add to a time. */
const SLACK_MILLIS = 3_000;

describe('a second process with a warm cache', () => {
  it(
    'does not read or write what the first erases: before, during and after',
    async () => {
      await together(async (working, second) => {
        const { ledger } = working;
        const subject = await register(ledger, 'erased');
        expect(await second.read(subject)).toEqual(all('present'));
        expect(await second.change(subject, 'before')).toEqual({ events: 1 });
        await askErasure(working, subject);
        for (let round = 0; !(await isErased(ledger, subject)); round++) {
          await second.read(subject);
          expect(await second.change(subject, `during-${String(round)}`)).not.toHaveProperty(
            'events',
          );
        }
        expect(Object.values(await second.read(subject))).not.toContain('present');
        expect(await second.change(subject, 'after')).toEqual({ refused: 'erased' });
        await viewsAtHead(ledger);
        expect(await second.read(subject)).toEqual(all('erased'));
        expect(await surveyOf(ledger)).toEqual([]);
      });
    },
    LIMIT,
  );

  it(
    'makes an erasure wait for the time that it may keep keys, and not longer',
    async () => {
      await together(async (working, second) => {
        const subject = await register(working.ledger, 'erased');
        await second.read(subject);
        await erase(working, subject);
        const waited = await waitedFor(working.ledger, subject);
        expect(waited).toBeGreaterThanOrEqual(CACHE_MILLIS);
        expect(waited).toBeLessThan(CACHE_MILLIS + SLACK_MILLIS);
      });
    },
    LIMIT,
  );

  it(
    'that was killed makes it wait no longer',
    async () => {
      await together(async (working, second) => {
        const subject = await register(working.ledger, 'erased');
        await second.read(subject);
        await second.kill();
        await erase(working, subject);
        expect(await waitedFor(working.ledger, subject)).toBeLessThan(CACHE_MILLIS + SLACK_MILLIS);
      });
    },
    LIMIT,
  );

  it(
    'is not waited for where there is none',
    async () => {
      await inLedger(
        async (working) => {
          const subject = await register(working.ledger, 'erased');
          await erase(working, subject);
          expect(await waitedFor(working.ledger, subject)).toBeLessThan(30_000);
        },
        { more: { LEDGER_KEY_CACHE_MS: '60000' } },
      );
    },
    LIMIT,
  );
});

describe('two processes on a folder', () => {
  it(
    'see what the other appends within a second',
    async () => {
      await together(async ({ ledger }, second) => {
        const { subject } = await second.ask({ do: 'register', name: 'foreign' });
        const from = performance.now();
        await viewsAtHead(ledger);
        expect(performance.now() - from).toBeLessThan(1_000);
        expect(await readingOf(ledger, subject as SubjectId)).toEqual(all('present'));
      });
    },
    LIMIT,
  );

  it(
    'give a customer number to one customer',
    async () => {
      await together(async ({ ledger }, second) => {
        for (const number of ['R-1', 'R-2', 'R-3', 'R-4', 'R-5']) {
          const theirs = second.ask({ do: 'number', number, key: `theirs-${number}` });
          const ours = ledger.commands.register(asking(`ours-${number}`), {
            category: 'private',
            identity: { lastName: 'x', customerNumber: number },
          });
          const outcomes = [await theirs, { ...(await ours) }];
          expect(outcomes.filter((outcome) => 'subject' in outcome)).toHaveLength(1);
        }
        expect(await surveyOf(ledger)).toEqual([]);
      });
    },
    LIMIT,
  );

  it(
    'take over from one that is killed when its lease has passed',
    async () => {
      await inFolder(async (folder) => {
        const first = await Second.start(folder);
        await until('the first to project', async () => {
          const { projecting } = await first.ask({ do: 'projecting' });
          return projecting === true;
        });
        await whileWorking(
          folder,
          async ({ ledger }) => {
            expect(ledger.projections.projecting).toBe(false);
            await first.kill();
            const from = performance.now();
            await until('the second to project', () => ledger.projections.projecting);
            expect(performance.now() - from).toBeLessThan(LEASE_MILLIS * 2 + SLACK_MILLIS);
            await register(ledger, 'somebody');
            await viewsAtHead(ledger);
            expect(await surveyOf(ledger)).toEqual([]);
          },
          { more: MORE },
        );
      });
    },
    LIMIT,
  );
});

describeOnFiles('an outage of the vault', () => {
  it(
    'that lets nothing be written is no erasure, and ends one only when it is over',
    async () => {
      await inLedger(async (working, folder) => {
        const { ledger } = working;
        const subject = await register(ledger, 'erased');
        await viewsAtHead(ledger);
        const lock = new DatabaseSync(join(folder, 'data', FILES.vault));
        lock.exec('BEGIN IMMEDIATE');
        await askErasure(working, subject);
        await viewsAtHead(ledger);
        await expect(register(ledger, 'other')).rejects.toBeInstanceOf(Outage);
        expect(await readingOf(ledger, subject)).toEqual(all('erasing'));
        lock.exec('ROLLBACK');
        lock.close();
        await allEnded(ledger, subject);
        await register(ledger, 'other');
        await viewsAtHead(ledger);
        expect(await readingOf(ledger, subject)).toEqual(all('erased'));
        expect(await surveyOf(ledger)).toEqual([]);
      });
    },
    LIMIT,
  );
});

describe('a vault that is away', () => {
  it(
    'is an outage to readers and to views, and changes no document',
    async () => {
      await together(async (working, second) => {
        const { ledger } = working;
        const subject = await register(ledger, 'before');
        await viewsAtHead(ledger);
        const before = await checkpointOf(ledger);
        await ledger.stores.vault.close();
        ledger.keys.clear();
        await expect(readingOf(ledger, subject)).rejects.toBeInstanceOf(Outage);
        const { subject: later } = await second.ask({ do: 'register', name: 'later' });
        await until('the view to wait for the vault', async () => {
          const statuses = await ledger.projections.statuses();
          const mine = statuses.find(({ build }) => build.view === 'customers');
          return mine?.projector?.state === 'waiting' || mine?.projector === undefined;
        });
        expect(await checkpointOf(ledger)).toBe(before);
        await working.stop();
        await until('the other to have taken over', async () => {
          const { values } = await second.ask({ do: 'read', subject: later });
          return values !== undefined;
        });
        expect(await second.read(later as SubjectId)).toEqual(all('present'));
      });
    },
    LIMIT,
  );
});

describeOnFiles('an event that was altered in the file of the log', () => {
  it.each<readonly [string, string, (mine: Sealed, others: Sealed) => Sealed]>([
    ['moved', 'envelope-refused', (_, others) => others],
    [
      'swapped',
      'key-mismatch',
      ([first, second, ...rest]) => [
        { ...first, category: second?.category ?? '' },
        { ...second, category: first?.category ?? '' },
        ...rest,
      ],
    ],
    [
      'edited',
      'envelope-refused',
      ([first, ...rest]) => [{ ...first, ciphertext: edited(String(first?.ciphertext)) }, ...rest],
    ],
  ])(
    'an envelope that was %s: its view stands still, visibly, and the others go on',
    async (_, code, change) => {
      await inFolder(async (folder) => {
        const { one, other } = await whileWorking(folder, async ({ ledger }) => {
          const people = {
            one: await register(ledger, 'one'),
            other: await register(ledger, 'other'),
          };
          await viewsAtHead(ledger);
          return people;
        });
        alter(join(folder, 'data', FILES.log), one, other, change);
        await whileWorking(folder, async ({ ledger }) => {
          await ledger.projections.rebuild('customers');
          const reason = await until('the rebuilt view to be parked', async () => {
            const builds = await ledger.stores.views.builds();
            return builds.find(({ parked }) => parked !== undefined)?.parked?.reason;
          });
          expect(reason).toBe(`open: ${code} (CustomerRegistered)`);
          const [event] = await eventsOf(ledger, one);
          await expect(
            ledger.opener.openEvents(event === undefined ? [] : [event]),
          ).rejects.toThrow(expect.objectContaining({ code }));
          const head = await ledger.stores.log.head();
          for (const view of ['vouchers', 'erasure-cases', 'endings', 'mentions']) {
            expect(await ledger.projections.waitFor(view, head, LIMIT)).toBe(true);
          }
          expect(await readingOf(ledger, other)).toEqual(all('present'));
        });
      });
    },
    LIMIT,
  );
});

type Sealed = readonly Readonly<Record<string, unknown>>[];

/** Changes the envelopes of somebody's first event in the file itself. */
function alter(
  file: string,
  one: SubjectId,
  other: SubjectId,
  change: (mine: Sealed, others: Sealed) => Sealed,
): void {
  const db = new DatabaseSync(file);
  const dataOf = (subject: SubjectId) => {
    const row = db
      .prepare('SELECT data FROM events WHERE stream = ? AND revision = 0')
      .get(`customer-${subject}`) as { data: Uint8Array };
    return JSON.parse(Buffer.from(row.data).toString()) as JsonObject & { sealed: Sealed };
  };
  const mine = dataOf(one);
  const sealed = change(mine.sealed, dataOf(other).sealed);
  db.prepare('UPDATE events SET data = ? WHERE stream = ? AND revision = 0').run(
    Buffer.from(JSON.stringify({ ...mine, sealed })),
    `customer-${one}`,
  );
  db.close();
}

function edited(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
}

/** The second process, asked one thing at a time. */
class Second {
  #asked = 0;

  private constructor(private readonly child: Child) {}

  static async start(folder: string): Promise<Second> {
    const child = Child.start('second-process', folder, [], MORE);
    await child.said('opened');
    return new Second(child);
  }

  async ask(what: JsonObject): Promise<JsonObject> {
    const id = ++this.#asked;
    this.child.tell({ ...what, id });
    return until('the second process to answer', () => {
      const { exited } = this.child;
      if (exited !== undefined) throw new Error(`the second process ended: ${exited}`);
      const found = this.child.lines.find((line) => line.id === id);
      if (found === undefined) return undefined;
      return Object.fromEntries(Object.entries(found).filter(([field]) => field !== 'id'));
    });
  }

  async read(subject: SubjectId): Promise<object> {
    // Its views may be a moment behind a registration.
    const answer = await this.ask({ do: 'read', subject });
    return answer.values as object;
  }

  change(subject: SubjectId, key: string): Promise<JsonObject> {
    return this.ask({ do: 'change', subject, key });
  }

  async kill(): Promise<void> {
    this.child.kill();
    await this.child.ended;
  }
}

type Work = (working: Awaited<ReturnType<typeof startWorking>>, second: Second) => Promise<void>;

/** Works in this process, which leads, with a second one beside it. */
async function together(work: Work): Promise<void> {
  await inFolder(async (folder) => {
    const working = await startWorking(folder, { more: MORE });
    await until('this process to project', () => working.ledger.projections.projecting);
    const second = await Second.start(folder).catch(async (error: unknown) => {
      await working.stop();
      throw error;
    });
    try {
      await work(working, second);
    } finally {
      await second.kill();
      await working.stop();
    }
  });
}

async function isErased(ledger: Ledger, subject: SubjectId): Promise<boolean> {
  return (await typesOf(ledger, subject)).includes('SubjectErased');
}

/** How long it took from the fence to the receipt. */
async function waitedFor(ledger: Ledger, subject: SubjectId): Promise<number> {
  const erased = (await eventsOf(ledger, subject)).find(({ type }) => type === 'SubjectErased');
  const since = parseInstant(erased?.data.unreadableSince as string, 'unreadableSince');
  return millisOf(erased?.metadata.recordedAt ?? since) - millisOf(since);
}

async function checkpointOf(ledger: Ledger): Promise<string | undefined> {
  const builds = await ledger.stores.views.builds();
  return builds.find(({ view }) => view === 'customers')?.checkpoint;
}
