import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import { copyPdf, nodeCryptography, vkeyOf } from '#evidence';
import { CopyBench, copyWith } from '#evidence/testing';

import { NO_BROWSER, openVerifier, startChromium } from './support/chromium.js';
import { Shelf, verify } from './support/on-disk.js';

const REGISTER = {
  controller: 'Lintu Oy',
  name: 'Asiakasrekisteri',
  categories: {},
  authority: [],
};

/** What the page and the program say of a good copy, in each language. */
const GOOD = {
  fi: [
    'Tämä poistokuitti on se, jonka kirjanpito allekirjoitti.',
    'pseudonymisoitu, avaimet tuhottu',
  ],
  sv: ['Det här raderingskvittot är det som liggaren undertecknade.', 'nycklarna förstörda'],
  en: ['This erasure receipt is the one that the ledger signed.', 'with the keys destroyed'],
} as const;

type Change = (copy: string) => string;

const changed =
  (path: readonly (string | number)[], change: (text: string) => string): Change =>
  (copy) =>
    copyWith(copy, path, (value) => change(String(value)));
const first = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);

const CASES: readonly { name: string; change: Change; exit: number }[] = [
  { name: 'nothing', change: (copy) => copy, exit: 0 },
  { name: 'the event', change: changed(['erasure', 'data'], (text) => first(text)), exit: 10 },
  {
    name: 'the proof',
    change: changed(['erasure', 'tlogProof'], (text) => text.replace(/index \d+/, 'index 0')),
    exit: 15,
  },
  { name: 'the day', change: changed(['copies', 'day'], () => '2020-01-01'), exit: 15 },
  {
    name: 'the signature',
    change: changed(['note'], (text) => text.replace(/.{8}\n$/, 'AAAAAAA=\n')),
    exit: 15,
  },
  { name: 'all of it', change: () => '{}', exit: 2 },
];

let shelf: Shelf;
let copy: string;
let vkey: string;

beforeAll(async () => {
  shelf = await Shelf.make();
  const made = await CopyBench.erased();
  copy = await made.copy({}, await made.retires());
  vkey = await vkeyOf(made.bench.shared.signer.key, nodeCryptography);
});

afterAll(() => shelf.remove());

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(shelf.folder, name);
  await writeFile(file, content);
  return file;
}

describe('verify.mjs, of a copy', () => {
  it.each(CASES)('in which $name was changed', async ({ change, exit }) => {
    const ran = await verify(await put('copy.json', change(copy)), '--json');
    expect([ran.code, JSON.parse(ran.out)]).toEqual([exit, expect.objectContaining({ exit })]);
  });

  it.each(['fi', 'sv', 'en'] as const)(
    'says it in %s, and whose key it went by',
    async (language) => {
      const file = await put('said.json', copy);
      const ran = await verify(file, '--lang', language);
      for (const said of GOOD[language]) expect(ran.out).toContain(said);
      expect(ran.out).not.toMatch(/anonym/i);
      const given = await verify(file, '--lang', language, '--vkey', vkey);
      expect(given.code).toBe(0);
      expect(given.out).not.toBe(ran.out);
    },
  );

  it('refuses a PDF that has none, and takes one that has', async () => {
    expect((await verify(await put('none.pdf', '%PDF-1.7\n'))).code).toBe(2);
    const ran = await verify(await put('copy.pdf', await copyPdf(copy, REGISTER, 'fi')));
    expect([ran.code, ran.out.includes('only its attachment is signed')]).toEqual([0, true]);
  });
});

const described = NO_BROWSER === undefined ? describe : describe.skip;

described(`verify.html, of a copy${NO_BROWSER === undefined ? '' : ` (${NO_BROWSER})`}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startChromium();
  });

  afterAll(() => browser.close());

  it.each(CASES)('in which $name was changed', async ({ change, exit }) => {
    const { page, asked } = await openVerifier(browser);
    await page.locator('#file').setInputFiles(await put('page.json', change(copy)));
    await page.locator(`[data-exit="${String(exit)}"]`).waitFor();
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([]);
    await page.context().close();
  });

  it('takes it dropped, says it in three languages, and gives the focus to the result', async () => {
    const { page } = await openVerifier(browser, { locale: 'fi-FI' });
    await drop(page, await put('dropped.json', copy));
    await page.locator('[data-exit="0"]').waitFor();
    expect(await page.locator(':focus').textContent()).toBe('Tulos');
    for (const language of ['sv', 'en', 'fi'] as const) {
      await page.locator(`[data-language=${language}]`).click();
      const report = await page.locator('#report').textContent();
      for (const said of GOOD[language]) expect(report).toContain(said);
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
    }
    await page.context().close();
  });

  it('takes a PDF, and a key that was had from elsewhere', async () => {
    const { page } = await openVerifier(browser);
    await page.locator('#vkey').fill(vkey);
    const pdf = await put('page.pdf', await copyPdf(copy, REGISTER, 'sv'));
    await page.locator('#file').setInputFiles(pdf);
    await page.locator('[data-exit="0"]').waitFor();
    const report = await page.locator('#report').textContent();
    expect(report).toContain('signed with the key that you gave');
    expect(report).toContain('only its attachment is signed');
    await page.locator('#file').setInputFiles(await put('none.pdf', '%PDF-1.7\n'));
    await page.locator('[data-exit="2"]').waitFor();
    await page.context().close();
  });
});

async function drop(page: Page, file: string): Promise<void> {
  await page.evaluate(`document.body.append(Object.assign(document.createElement('input'),
    { type: 'file', id: 'to-drop' }))`);
  await page.locator('#to-drop').setInputFiles(file);
  await page.evaluate(`{
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(document.querySelector('#to-drop').files[0]);
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
  }`);
}
