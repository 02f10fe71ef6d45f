import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { IMPORT_FAULT_POINTS } from '#customers';

import { openLog } from '../../apps/composition/index.js';
import { Bench } from '../cli/cli.js';
import type { Ran } from '../cli/cli.js';
import { ON_SERVERS } from '../engines/places.js';
import type { Kill } from './support/crash-points.js';
import { environmentOf, inFolder, settingsOf, whileWorking } from './support/folder.js';
import { allEvents, surveyOf } from './support/survey.js';

const KILL_AT = pathToFileURL(resolve('dist/test/faults/support/kill-at.js')).href;
/** Rows that are right. Where the stores are on servers each costs several times as much. */
const TAKEN = ON_SERVERS ? 200 : 1_100;
const REFUSED = 2;
const LIMIT = 240_000;
/** Thousands of rows ask more of the vault at once than the short times of other tests allow. */
const PATIENT = { LEDGER_KEY_CACHE_MS: '10000' };

const KINDS = {
  customers: {
    map: { kind: 'customers', source: 'old', category: 'private', key: 'id' },
    header: 'id,customerNumber,lastName,email',
    row: (at: number) => `${String(at)},K-${String(at)},Meikäläinen,k${String(at)}@example.fi`,
    bad: ['a,K-a,,', 'b,K-b,Virtanen,no address'],
    gives: ['CustomerRegistered'],
  },
  invoices: {
    map: {
      kind: 'invoices',
      source: 'old',
      key: 'id',
      customer: { source: 'old', key: 'customer' },
      currency: 'EUR',
    },
    header: 'id,customer,date,settledOn,total',
    row: (at: number) => `${String(at)},${String(at % BUYERS)},2026-03-04,2026-03-20,12.50`,
    bad: ['a,nobody,2026-03-04,2026-03-20,1.00', 'b,1,2026-02-30,2026-03-20,1.00'],
    gives: ['OrderRecorded', 'InvoiceOpened', 'InvoiceSettled'],
  },
} as const;
type Kind = keyof typeof KINDS;

/** Customers that rows of invoices name. */
const BUYERS = 7;

/** At the first row, and when the file comes to its end, on a folder one after another. */
const CRASHES: readonly (readonly [kind: Kind, kills: readonly Kill[]])[] = ON_SERVERS
  ? [['invoices', killsAt('import.before-row', 'import.after-row')]]
  : [
      ['customers', killsAt('import.after-row', 'import.before-row')],
      ['invoices', killsAt('import.before-row', 'import.after-row')],
      ['customers', killsAt('import.before-row', 'import.after-row')],
    ];

function killsAt(first: string, nearEnd: string): readonly Kill[] {
  return [
    [first, 1],
    [nearEnd, TAKEN - 50],
  ];
}

describe('an import that is killed and run again', () => {
  it(
    'passes all of its own fault points, for every row',
    async () => {
      await inFolder(async (folder) => {
        const reached = join(folder, 'reached.json');
        const importing = new Importing(folder);
        const done = await importing.run('customers', { REACHED: reached });
        expect(totalsOf(done)).toMatchObject({ taken: TAKEN, refused: REFUSED });
        const times = JSON.parse(await readFile(reached, 'utf8')) as Record<string, number>;
        const mine = Object.keys(times).filter((point) => point.startsWith('import.'));
        expect(mine.toSorted()).toEqual([...IMPORT_FAULT_POINTS].toSorted());
        // A row without a name never comes so far; one with a bad address neither.
        expect(mine.map((point) => times[point])).toEqual(mine.map(() => TAKEN));
      });
    },
    LIMIT,
  );

  it.each(CRASHES)(
    'of %s, at %j: goes on, and has taken every row once',
    async (kind, kills) => {
      await inFolder(async (folder) => {
        const importing = new Importing(folder);
        if (kind === 'invoices') await importing.run('customers', {}, BUYERS);
        for (const [point, time] of kills) {
          const killed = await importing.run(kind, { KILL_AT: `${point} ${String(time)}` });
          expect([point, killed.signal, killed.out]).toEqual([point, 'SIGKILL', '']);
        }
        const kept = (await countsOf(folder))[KINDS[kind].gives[0]] ?? 0;

        const again = await importing.run(kind);
        const rows = { rows: TAKEN + REFUSED, refused: REFUSED, interrupted: false };
        expect(again.code).toBe(3);
        expect(totalsOf(again)).toMatchObject({ ...rows, taken: TAKEN - kept, unchanged: kept });
        const counts = await countsOf(folder);
        expect(KINDS[kind].gives.map((type) => counts[type])).toEqual(
          KINDS[kind].gives.map(() => TAKEN),
        );

        const third = await importing.run(kind);
        expect(totalsOf(third)).toMatchObject({ ...rows, taken: 0, changed: 0, unchanged: TAKEN });
        expect(await countsOf(folder)).toEqual(counts);
        expect(await problemsOf(folder)).toEqual([]);
      });
    },
    LIMIT,
  );
});

/** The built command line, taking a file of one kind into a folder. */
class Importing {
  readonly #bench: Bench;

  constructor(private readonly folder: string) {
    this.#bench = new Bench(folder);
  }

  async run(
    kind: Kind,
    environment: Readonly<Record<string, string>> = {},
    count = TAKEN,
  ): Promise<Ran> {
    const { header, row, bad, map } = KINDS[kind];
    const rows = Array.from({ length: count }, (_, at) => row(at));
    const [file, mapFile] = [join(this.folder, `${kind}.csv`), join(this.folder, `${kind}.json`)];
    await writeFile(file, [header, ...rows, ...bad, ''].join('\n'));
    await writeFile(mapFile, JSON.stringify(map));
    return this.#bench.run(['import', file, '--map', mapFile, '--json'], {
      ...environmentOf(this.folder, PATIENT),
      NODE_OPTIONS: `--import=${KILL_AT}`,
      ...environment,
    });
  }
}

function totalsOf({ out }: Ran): unknown {
  return JSON.parse(out);
}

/** How many events of each type are in the log. */
async function countsOf(folder: string): Promise<Readonly<Record<string, number>>> {
  const log = await openLog(settingsOf(folder));
  try {
    const counts: Record<string, number> = {};
    for (const { type } of await allEvents(log)) counts[type] = (counts[type] ?? 0) + 1;
    return counts;
  } finally {
    await log.close();
  }
}

/** What does not hold in the ledger once its views have come to its end. */
async function problemsOf(folder: string): Promise<readonly string[]> {
  return whileWorking(
    folder,
    async ({ ledger }) => {
      const head = await ledger.stores.log.head();
      expect(await ledger.projections.waitForAll(head, LIMIT)).toBe(true);
      return surveyOf(ledger);
    },
    { more: PATIENT },
  );
}
