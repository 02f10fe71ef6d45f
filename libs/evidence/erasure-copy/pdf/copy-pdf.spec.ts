import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { CopyBench, copyWith } from '../../testing/index.js';
import { copyInPdf } from '../../verifier/index.js';
import { copyPdf, type CopyRegister } from './copy-pdf.js';
import { COPY_LANGUAGES, type CopyLanguage } from './words.js';

const REGISTER: CopyRegister = {
  controller: 'Lintu Oy',
  name: 'Asiakasrekisteri',
  categories: {
    identity: { title: 'Henkilöllisyys', content: 'Etu- ja sukunimi' },
    orders: { title: 'Tilaukset ja laskut', content: 'Tiedot tilauksista' },
    contact: { title: 'Yhteystiedot', content: 'Sähköpostiosoite' },
  },
  authority: ['Tietosuojavaltuutetun toimisto', 'PL 800, 00531 Helsinki', 'tietosuoja@om.fi'],
};
const DISCLOSED = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const KEPT = [
  {
    category: 'orders',
    scope: '2025-12-31',
    holds: [
      { hold: 'statutory', until: '2031-12-31' },
      { hold: 'open-invoice', invoice: DISCLOSED },
    ],
  },
  {
    category: 'contact',
    scope: 'g1',
    holds: [{ hold: 'contact-person', organisation: DISCLOSED }],
  },
];

/** What every language has to say, of the same receipt. */
const SAYS: Readonly<Record<CopyLanguage, readonly string[]>> = {
  fi: [
    'pseudonymisoitu, avaimet tuhottu',
    '17 artiklan 1 kohdan a alakohta',
    '2.3.2026 klo 11.15 (Suomen aikaa)',
    'kun 1.5.2026 on päättynyt',
    'ei ole vielä vahvistettu',
    '31.12.2031 loppuun asti (kirjanpitolaki 1336/1997, 2 luvun 10 §',
    'kunnes se on maksettu tai hyvitetty',
    'toimit organisaation yhteyshenkilönä',
    'saattaa asia tietosuojavaltuutetun käsiteltäväksi',
    'erasure-copy.json, eivät nämä sivut',
  ],
  sv: [
    'pseudonymiserade, nycklarna förstörda',
    'artikel 17.1 a',
    '2.3.2026 kl. 11.15 (finländsk tid)',
    'efter utgången av 1.5.2026',
    'ännu inte bekräftat',
    'till och med 31.12.2031 (bokföringslagen 1336/1997, 2 kap. 10 §',
    'tills den är betald eller krediterad',
    'organisations kontaktperson',
    'föra ärendet till dataombudsmannen för behandling',
    'erasure-copy.json, inte de här sidorna',
  ],
  en: [
    'pseudonymised, with the keys destroyed',
    'Article 17(1)(a)',
    '2 March 2026 at 11:15 (Finnish time)',
    'from the end of 1 May 2026',
    'not confirmed yet',
    'to the end of 31 December 2031 (Accounting Act 1336/1997, chapter 2, section 10',
    'until it is paid or credited',
    'contact person of an organisation',
    'Data Protection Ombudsman',
    'erasure-copy.json, not these pages',
  ],
};

const hasPoppler = spawnSync('pdftotext', ['-v']).error === undefined;
const NO_POPPLER = hasPoppler ? '' : ' (cannot: needs pdftotext)';

let folder: string;
let made: CopyBench;
let copy: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-pdf-'));
  made = await CopyBench.erased({ kept: KEPT, disclosed: [DISCLOSED] });
  copy = await made.copy();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The text of a document, on one line. */
function textIn(pdf: Buffer): string {
  const file = join(folder, 'copy.pdf');
  writeFileSync(file, pdf);
  return execFileSync('pdftotext', ['-raw', file, '-']).toString().replaceAll(/\s+/g, ' ');
}

describe('the document of a copy', () => {
  it.each(COPY_LANGUAGES)(
    'is the same for the same copy, tagged and with its fonts: %s',
    async (language) => {
      const pdf = await copyPdf(copy, REGISTER, language);
      expect((await copyPdf(copy, REGISTER, language)).equals(pdf)).toBe(true);
      const text = pdf.toString('latin1');
      for (const part of [`/Lang (${language})`, '/Marked true', '/StructTreeRoot', '/FontFile2']) {
        expect(text).toContain(part);
      }
      expect(text).not.toMatch(/\/BaseFont \/(Helvetica|Times|Courier)/);
      expect(text).toContain('/DisplayDocTitle true');
    },
  );

  it('has the copy attached, byte for byte', async () => {
    const pdf = await copyPdf(copy, REGISTER, 'fi');
    expect(await copyInPdf(pdf)).toBe(copy);
  });

  it('is no document of anything else', async () => {
    await expect(copyPdf('{}', REGISTER, 'fi')).rejects.toThrow(TypeError);
    const other = copyWith(copy, ['receipt', 'ground'], () => 'another');
    await expect(copyPdf(other, REGISTER, 'fi')).rejects.toThrow(TypeError);
  });
});

const described = hasPoppler ? describe : describe.skip;

described(`the document's text${NO_POPPLER}`, () => {
  it.each(COPY_LANGUAGES)(
    'says what happened, and never that it is anonymous: %s',
    async (language) => {
      const text = textIn(await copyPdf(copy, REGISTER, language));
      for (const said of SAYS[language]) expect(text).toContain(said);
      expect(text.toLowerCase()).not.toMatch(/anonym/);
      const { vkey, receipt } = JSON.parse(copy) as {
        readonly vkey: string;
        readonly receipt: { readonly case: string; readonly event: string };
      };
      for (const told of [receipt.case, receipt.event, DISCLOSED]) expect(text).toContain(told);
      expect(text.replaceAll(' ', '')).toContain(vkey);
      expect(text).toContain('tietosuoja@om.fi');
    },
  );

  it('says that nothing is kept, and nothing was disclosed, where it is so', async () => {
    const other = await CopyBench.erased();
    const text = textIn(await copyPdf(await other.copy(), REGISTER, 'fi'));
    expect(text).toContain('Mikään peruste ei vaatinut säilyttämään');
    expect(text).toContain('ei ollut luovutettu kenellekään');
  });

  it.each([
    ['confirmed', 'Tämä on vahvistettu: kopioiden avain on tuhottu.'],
    ['overdue', 'Päivä on mennyt, eikä vahvistusta ole vielä kirjattu'],
  ] as const)('says how it is with copies: %s', async (state, said) => {
    const copies = { day: '2026-05-01', state, retirements: [] };
    const text = textIn(await copyPdf(await made.copy({ copies }), REGISTER, 'fi'));
    expect(text).toContain(said);
  });
});

describe('the copy in a document', () => {
  it('is found in nothing that has none', async () => {
    const bytes = (text: string) => Buffer.from(text, 'latin1');
    expect(await copyInPdf(bytes('no document'))).toBeUndefined();
    expect(await copyInPdf(bytes('%PDF-1.7\n'))).toBeUndefined();
    const lying = '%PDF-1.7\n<< /Type /EmbeddedFile /Length 99999999 >>\nstream\nx\nendstream';
    expect(await copyInPdf(bytes(lying))).toBeUndefined();
    const damaged =
      '%PDF-1.7\n<< /Type /EmbeddedFile /Length 3 /Filter /FlateDecode >>\nstream\nxyz';
    expect(await copyInPdf(bytes(damaged))).toBeUndefined();
  });

  it('is found as it lies there unpacked, and after others', async () => {
    const length = Buffer.byteLength(copy);
    const file = (text: string, of: number) =>
      `<< /Type /EmbeddedFile /Length ${String(of)} >>\nstream\n${text}\nendstream\n`;
    const pdf = Buffer.from(`%PDF-1.7\n${file('{"a":1}', 7)}${file(copy, length)}`);
    expect(await copyInPdf(pdf)).toBe(copy);
  });
});
