import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { MIGRATION_FAULT_POINTS, openLedger } from '../../apps/composition/index.js';
import { Bench } from '../cli/cli.js';
import type { Ran } from '../cli/cli.js';
import { makeFolder, removeFolder } from '../engines/places.js';
import { environmentOf, settingsOf, startWorking } from '../faults/support/folder.js';
import {
  expectArrived,
  headAt,
  placeIn,
  prepareLeaving,
  thereOf,
  writePlace,
  type Leaving,
} from './support/moving.js';

const KILL_AT = pathToFileURL(resolve('dist/test/faults/support/kill-at.js')).href;
const LIMIT = 240_000;

let folders: string[];
let here: string;
let left: Leaving;

async function newFolder(eventStoreDb: boolean): Promise<string> {
  const folder = await makeFolder('move', { eventStoreDb, mongoDb: false });
  folders.push(folder);
  return folder;
}

beforeEach(async () => {
  folders = [];
  here = await newFolder(false);
  left = await prepareLeaving(here);
}, LIMIT);

afterEach(async () => {
  for (const folder of folders) await removeFolder(folder);
});

/** Runs the built command on the folder of the source. */
function run(file: string, killAt = '- 1', more: readonly string[] = []): Promise<Ran> {
  return new Bench(here).run(['migrate', '--to', file, '--json', ...more], {
    ...environmentOf(here),
    NODE_OPTIONS: `--import=${KILL_AT}`,
    KILL_AT: killAt,
  });
}

/** In the order in which a move comes by them; appends are told of those to the target alone. */
const KILLS = {
  EventStoreDB: [
    'migrate.arriving 1',
    'migrate.marked 1',
    'migrate.anchor-page 1',
    'migrate.vault-page 1',
    'migrate.vault-page 4',
    'append.before-commit 3',
    'append.after-commit 5',
    'append.after-commit 9',
    'migrate.log-page 1',
    'migrate.compared 1',
    'migrate.closed 1',
  ],
  files: [
    'migrate.arriving 1',
    'migrate.vault-page 2',
    'append.before-commit 1',
    'append.before-commit 2',
    'append.after-commit 1',
    'migrate.compared 1',
    'migrate.closed 1',
  ],
} as const;

describe('a move that is killed and run again', () => {
  it.each(['EventStoreDB', 'files'] as const)(
    'to %s: goes on each time, and arrives whole',
    async (engine) => {
      const there = await newFolder(engine === 'EventStoreDB');
      const [file, to] = [join(here, 'there.env'), thereOf(there, here)];
      await writePlace(file, placeIn(there, here));
      const before = await headAt(settingsOf(here));
      for (const point of KILLS[engine]) {
        const killed = await run(file, point);
        expect([point, killed.signal, killed.out, killed.err]).toEqual([point, 'SIGKILL', '', '']);
        await expect(openLedger({ settings: to, what: 'test' })).rejects.toMatchObject({
          code: 'ledger-incomplete',
        });
        // Until then nothing was closed; to open it would be to go on with it.
        if (point === 'migrate.arriving 1') continue;
        await expect(startWorking(here)).rejects.toMatchObject({ code: 'ledger-moved' });
      }
      const done = await run(file);
      expect([done.code, done.err]).toEqual([0, '']);
      const root = Buffer.from(before.root).toString('base64');
      expect(JSON.parse(done.out)).toMatchObject({ size: before.size, root });
      expect(await headAt(to)).toEqual(before);
      await expectArrived(to, left);
      const again = await run(file);
      expect(JSON.parse(again.out)).toMatchObject({ size: null, root: null });
    },
    LIMIT,
  );

  it(
    'is given up: the ledger is open again where it was, and never where it was half copied',
    async () => {
      const there = await newFolder(false);
      const file = join(here, 'there.env');
      await writePlace(file, placeIn(there, here));
      expect((await run(file, 'migrate.vault-page 2')).signal).toBe('SIGKILL');
      expect(await run(file, '- 1', ['--reopen'])).toMatchObject({ code: 0, err: '' });
      await expectArrived(settingsOf(here), left);
      const to = thereOf(there, here);
      await expect(openLedger({ settings: to, what: 'test' })).rejects.toMatchObject({
        code: 'ledger-incomplete',
      });
      const refused = await run(file);
      expect([refused.code, JSON.parse(refused.out)]).toMatchObject([2, { error: 'not-empty' }]);
    },
    LIMIT,
  );

  it('is tried at every place of its own', () => {
    const tried = KILLS.EventStoreDB.map((kill) => kill.split(' ')[0]);
    for (const point of MIGRATION_FAULT_POINTS) expect(tried).toContain(point);
  });
});
