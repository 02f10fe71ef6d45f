import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';

import { parseCheckpoint } from '#evidence';
import type { Clock } from '#kernel';
import { parseInstant } from '#kernel';

import { makeBundle } from '../../apps/cli/evidence/bundle-run.js';
import { MUTATIONS, type Mutation } from '../evidence/support/mutations.js';
import { onCopy, prepareLedger, type Prepared } from '../evidence/support/prepared.js';
import { settingsOf } from '../faults/support/folder.js';
import { NO_BROWSER, openVerifier, startChromium } from './support/chromium.js';
import { verify } from './support/on-disk.js';

/** A bundle has what the order of all events has, and knows no anchor. */
const TOLD = MUTATIONS.filter(
  ({ expected, name }) =>
    expected.faults === undefined &&
    name !== 'an event inserted into its stream alone' &&
    // Of what was never signed a bundle knows nothing but what is there.
    !expected.places.some(({ why }) => why === 'unsigned-tree'),
);

let prepared: Prepared;
let browser: Browser | undefined;

beforeAll(async () => {
  prepared = await prepareLedger();
  if (NO_BROWSER === undefined) browser = await startChromium();
});

afterAll(async () => {
  await browser?.close();
  await rm(prepared.folder, { recursive: true, force: true });
});

async function exported(folder: string, out: string): Promise<string> {
  const now = parseInstant(prepared.at, 'at');
  const clock: Clock = { now: () => now };
  const path = join(folder, out);
  await makeBundle({
    settings: settingsOf(folder),
    of: { kind: 'ledger' },
    out: path,
    programs: new Map(),
    clock,
    onEvents: () => undefined,
    onProblem: () => undefined,
  });
  return path;
}

interface Said {
  readonly exit: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly places: readonly Readonly<Record<string, unknown>>[];
}

function counted(totals: Said['totals']): Readonly<Record<string, number>> {
  const found = Object.entries(totals).filter(([name, n]) => n > 0 && name !== 'INTACT');
  return Object.fromEntries(found);
}

/** Places as an audit tells them: of one that is there, where it stands; of others, where it stood. */
function placed({ expected }: Mutation): readonly (readonly [unknown, unknown])[] {
  return expected.places
    .filter(({ why }) => why !== 'stream-only')
    .map(({ verdict, at, was }) => [verdict, at ?? was] as const);
}

async function saidByPage(path: string): Promise<Pick<Said, 'exit' | 'totals'>> {
  if (browser === undefined) throw new Error('no browser');
  const { page } = await openVerifier(browser);
  await page.locator('#folder').setInputFiles(path);
  const exit = Number(await page.locator('[data-exit]').getAttribute('data-exit'));
  const totals: Record<string, number> = {};
  for (const row of await page.locator('tr[data-verdict]').all()) {
    const verdict = (await row.getAttribute('data-verdict')) ?? '';
    totals[verdict] = Number(await row.getAttribute('data-count'));
  }
  await page.context().close();
  return { exit, totals };
}

describe('a bundle of a ledger that was edited underneath', () => {
  it.each(TOLD)('tells both verifiers: $name', async (mutation) => {
    const { expected, mutate } = mutation;
    await onCopy(prepared, async (folder) => {
      await mutate(folder, prepared);
      const path = await exported(folder, 'bundle');
      const ran = await verify(path, '--json');
      expect(ran.err).toBe('');
      const said = JSON.parse(ran.out) as Said;
      expect([said.exit, counted(said.totals)]).toEqual([expected.exit, expected.verdicts]);
      const places = said.places.filter(({ verdict }) => verdict !== 'UNSIGNED');
      expect(places.map(({ verdict, index }) => [verdict, index])).toEqual(placed(mutation));
      if (browser === undefined) return;
      const shown = await saidByPage(path);
      expect([shown.exit, counted(shown.totals)]).toEqual([expected.exit, expected.verdicts]);
    });
  });
});

describe('a kept checkpoint', () => {
  it('betrays log, tiles and anchor that were rewritten together', async () => {
    const rewritten = MUTATIONS.filter(({ kept }) => kept === 'newer');
    expect(rewritten).not.toEqual([]);
    for (const { mutate } of rewritten) {
      await onCopy(prepared, async (folder) => {
        await mutate(folder, prepared);
        const path = await exported(folder, 'bundle').catch(() => undefined);
        if (path === undefined) return;
        const kept = join(folder, 'newer.txt');
        expect(parseCheckpoint(await readFile(kept, 'utf8'))).toBeDefined();
        expect((await verify(path, '--from', kept)).code).toBe(16);
      });
    }
  });
});
