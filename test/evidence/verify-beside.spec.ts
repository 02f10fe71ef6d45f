import { rm } from 'node:fs/promises';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { Bench } from '../cli/cli.js';
import { whileWorking } from '../faults/support/folder.js';
import { askErasure, register } from '../faults/support/people.js';
import { prepareLedger, type Prepared } from './support/prepared.js';

const LIMIT = 180_000;
const ROUNDS = 4;
/** The prepared ledger is of another day; what it left unsigned may wait. */
const PATIENT = { LEDGER_CHECKPOINT_MS: '9000000000000' };

let prepared: Prepared;

beforeAll(async () => {
  prepared = await prepareLedger();
});

afterAll(async () => {
  await rm(prepared.folder, { recursive: true, force: true });
});

it(
  'finds nothing wrong beside a ledger that registers, erases and signs',
  async () => {
    const { folder, people } = prepared;
    await whileWorking(folder, async (working) => {
      let isOver = false;
      const write = async () => {
        for (let n = 0; !isOver; n += 1) {
          await register(working.ledger, `beside-${String(n)}`);
          const subject = people[n];
          if (n % 5 === 0 && subject !== undefined) await askErasure(working, subject);
        }
      };
      const writing = write();
      try {
        for (let round = 0; round < ROUNDS; round += 1) {
          const ran = await new Bench(folder).run(['evidence', 'verify', '--json'], PATIENT);
          const found = JSON.parse(ran.out) as Record<string, unknown>;
          expect([ran.code, ran.err, found.places]).toEqual([
            0,
            '',
            expect.not.arrayContaining([expect.objectContaining({ verdict: 'LOST' })]),
          ]);
          expect(found).toMatchObject({ faults: [], tiles: { state: 'compared', damaged: [] } });
        }
      } finally {
        isOver = true;
        await writing;
      }
    });
  },
  LIMIT,
);
