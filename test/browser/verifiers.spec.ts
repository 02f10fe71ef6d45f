import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';

import { BundleBench, type BundlePerson, type MemoryBundle } from '#evidence/testing';

import { NO_BROWSER, openVerifier, startChromium } from './support/chromium.js';
import { Shelf, verify } from './support/on-disk.js';

type Change = (bench: BundleBench, one: BundlePerson) => void | Promise<void>;

/** What is done to a store before it is exported, and what both verifiers have to say of it. */
interface Case {
  readonly name: string;
  readonly change: Change;
  readonly exit: number;
  /** Which verdict one event has then. */
  readonly verdict?: string;
}

const CASES: readonly Case[] = [
  { name: 'nothing', change: () => undefined, exit: 0 },
  { name: 'a byte of data', change: edit, exit: 10, verdict: 'ALTERED' },
  { name: 'an event deleted', change: remove, exit: 11, verdict: 'MISSING' },
  { name: 'an event inserted', change: insert, exit: 12, verdict: 'INSERTED' },
  { name: 'two events swapped', change: swap, exit: 13, verdict: 'REORDERED' },
  { name: 'a row of a key removed', change: loseKey, exit: 14, verdict: 'LOST' },
  { name: 'an erasure', change: erase, exit: 0, verdict: 'SHREDDED' },
  { name: 'a checkpoint edited', change: editCheckpoint, exit: 15 },
];

function rowOf({ shared }: BundleBench, { stream }: BundlePerson): number {
  return shared.store.events.findIndex(([, of, revision]) => of === stream && revision === 1);
}

function edit(bench: BundleBench, one: BundlePerson): void {
  const { events } = bench.shared.store;
  const at = rowOf(bench, one);
  const row = events[at];
  if (row === undefined) throw new Error('no row');
  events[at] = [row[0], row[1], row[2], row[3], row[4], row[5], row[6].replace('1', '2')];
}

function remove(bench: BundleBench, one: BundlePerson): void {
  bench.shared.store.events.splice(rowOf(bench, one), 1);
}

function loseKey(bench: BundleBench, { key }: BundlePerson): void {
  bench.keys.delete(key);
}

function insert(bench: BundleBench, one: BundlePerson): void {
  const { events } = bench.shared.store;
  const at = rowOf(bench, one);
  const row = events[at];
  if (row === undefined) throw new Error('no row');
  const id = '00000000-0000-5000-8000-000000000000' as (typeof row)[3];
  events.splice(at, 0, [row[0], row[1], 9, id, row[4], row[5], row[6]]);
  renumber(bench);
}

function swap(bench: BundleBench, one: BundlePerson): void {
  const { events } = bench.shared.store;
  const at = rowOf(bench, one);
  const [first, second] = [events[at], events[at + 1]];
  if (first === undefined || second === undefined) throw new Error('no rows');
  [events[at], events[at + 1]] = [second, first];
  renumber(bench);
}

function renumber({ shared }: BundleBench): void {
  const { events, streams } = shared.store;
  events.forEach(([, ...rest], index) => (events[index] = [index + 1, ...rest]));
  streams.clear();
  for (const row of events) streams.set(row[1], [...(streams.get(row[1]) ?? []), row]);
}

async function erase(bench: BundleBench, one: BundlePerson): Promise<void> {
  await bench.erase(one);
  await bench.sign();
}

function editCheckpoint({ shared }: BundleBench): void {
  const note = shared.tree.note ?? '';
  shared.tree.note = note.replace(/(\n\d+\n)(.)/, (_, size: string, first: string) =>
    size.concat(first === 'A' ? 'B' : 'A'),
  );
}

async function bundleOf(change: Change): Promise<MemoryBundle> {
  const bench = new BundleBench();
  await bench.person(2);
  const one = await bench.person(4);
  await bench.person(2);
  await bench.sign();
  await change(bench, one);
  return bench.bundle();
}

let shelf: Shelf;

beforeAll(async () => {
  shelf = await Shelf.make();
});

afterAll(() => shelf.remove());

describe('verify.mjs', () => {
  it.each(CASES)('of $name', async ({ change, exit, verdict }) => {
    const bundle = await bundleOf(change);
    for (const kind of ['folder', 'zip'] as const) {
      const path = await shelf.put(bundle, kind);
      const ran = await verify(path, '--json');
      expect([ran.code, ran.err]).toEqual([exit, '']);
      const report = JSON.parse(ran.out) as { exit: number; totals: Record<string, number> };
      expect(report.exit).toBe(exit);
      if (verdict !== undefined) expect(report.totals[verdict]).toBe(1);
    }
  });

  it('says it in the language that is asked for, with what it cannot show', async () => {
    const path = await shelf.put(await bundleOf(() => undefined));
    const says = {
      fi: 'Mitä tämä ei voi osoittaa',
      sv: 'Vad detta inte kan visa',
      en: 'What this cannot show',
    };
    for (const [language, said] of Object.entries(says)) {
      expect((await verify(path, '--lang', language)).out).toContain(said);
    }
    expect((await verify(path)).out).toContain(says.en);
  });

  it.each([
    ['no bundle', ['/nowhere']],
    ['a file that is no zip', [import.meta.filename]],
    ['a folder without one', ['/usr/share']],
    ['an option that is not known', ['--nonsense']],
  ])('refuses %s', async (_, args) => {
    const ran = await verify(...args);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).not.toBe('');
  });

  it('refuses a key that is none, and a checkpoint that is none', async () => {
    const path = await shelf.put(await bundleOf(() => undefined));
    expect((await verify(path, '--vkey', 'x')).code).toBe(2);
    expect((await verify(path, '--from', '/nowhere')).code).toBe(2);
  });
});

const described = NO_BROWSER === undefined ? describe : describe.skip;

described(`verify.html in Chromium${NO_BROWSER === undefined ? '' : ` (${NO_BROWSER})`}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startChromium();
  });

  afterAll(() => browser.close());

  it.each(CASES)('of $name', async ({ change, exit, verdict }) => {
    const bundle = await bundleOf(change);
    const { page, asked } = await openVerifier(browser);
    for (const kind of ['folder', 'zip'] as const) {
      const input = page.locator(kind === 'zip' ? '#file' : '#folder');
      await input.setInputFiles(await shelf.put(bundle, kind));
      await page.locator(`[data-exit="${String(exit)}"]`).waitFor();
      const counted = page.locator(`tr[data-verdict=${verdict ?? 'INTACT'}]`);
      if (verdict !== undefined) expect(await counted.getAttribute('data-count')).toBe('1');
    }
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([]);
    await page.context().close();
  });

  it('says it in three languages, and gives the focus to the result', async () => {
    const { page } = await openVerifier(browser, { locale: 'sv-FI' });
    await page.locator('#folder').setInputFiles(await shelf.put(await bundleOf(() => undefined)));
    await page.locator('[data-exit="0"]').waitFor();
    expect(await page.title()).toBe('Kontrollera ett bevispaket');
    expect(await page.locator(':focus').textContent()).toBe('Resultat');
    for (const [language, name] of [
      ['fi', 'Ehjä'],
      ['sv', 'Oförändrad'],
      ['en', 'Intact'],
    ]) {
      await page.locator(`[data-language=${language ?? ''}]`).click();
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      expect(await page.locator('td .verdict').first().textContent()).toContain(name);
    }
    await page.context().close();
  });

  it('works by keyboard alone, and takes key and kept checkpoint', async () => {
    const bundle = await bundleOf(() => undefined);
    const { page } = await openVerifier(browser);
    await page.locator('#folder').setInputFiles(await shelf.put(bundle));
    await page.locator('[data-exit="0"]').waitFor();
    await page.locator('#vkey').focus();
    await page.keyboard.type('nonsense');
    // Past the kept checkpoint, witnesses and their number.
    for (let n = 0; n < 4; n += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('[data-exit="2"]').waitFor();
    await page.locator('#vkey').fill('');
    await page.locator('#kept').fill(bundle.file('checkpoint').toString());
    await page.locator('#again').press('Enter');
    await page.locator('[data-exit="0"]').waitFor();
    expect(await page.locator('#report').textContent()).toContain('the checkpoint that you kept');
    await page.context().close();
  });

  it('takes what is dropped on it', async () => {
    const path = await shelf.put(await bundleOf(() => undefined), 'zip');
    const { page } = await openVerifier(browser);
    await page.evaluate(`document.body.append(Object.assign(document.createElement('input'),
      { type: 'file', id: 'to-drop' }))`);
    await page.locator('#to-drop').setInputFiles(path);
    await page.evaluate(`{
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(document.querySelector('#to-drop').files[0]);
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
    }`);
    await page.locator('[data-exit="0"]').waitFor();
    await page.context().close();
  });

  it('can reach no network: its own policy forbids it', async () => {
    const { page } = await openVerifier(browser);
    const outcome = await page.evaluate(() =>
      fetch('https://example.org/').then(
        () => 'sent',
        (error: unknown) => String(error),
      ),
    );
    expect(outcome).toContain('TypeError');
    await page.context().close();
  });
});
