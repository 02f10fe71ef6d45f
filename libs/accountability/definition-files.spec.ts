import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidInput } from '#kernel';

import { definitionFolder, readNotices, readNoticeText, readRegister } from './index.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'definition-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the notices that ship with the product', () => {
  it('are version 1, byte for byte', () => {
    expect(readNotices()).toEqual([
      {
        do: 'publish-notice',
        date: '2020-02-20',
        texts: [
          {
            language: 'fi',
            file: 'notice-2020-02-20.fi.txt',
            sha256: 'ddd09d90de3d4b2bd2ad7ed7624394a10c2eea44ac67214e07de7d4145eb8b48',
          },
        ],
      },
    ]);
  });

  it('can be shown', () => {
    const text = readNotices()[0]?.texts[0];
    expect(text && readNoticeText(text)).toMatch(/^Asiakasrekisteri - tietosuojaseloste\n/);
  });
});

describe('notices of a folder', () => {
  it('come oldest first, the languages of a date together, other files left alone', () => {
    for (const file of [
      'notice-2026-03-02.sv.txt',
      'notice-2026-03-02.fi.txt',
      'notice-2020-02-20.fi.txt',
      'notice-2020-02-20.de.txt',
      'README.txt',
    ]) {
      writeFileSync(join(folder, file), file);
    }
    expect(
      readNotices(folder).map(({ date, texts }) => [date, texts.map(({ language }) => language)]),
    ).toEqual([
      ['2020-02-20', ['fi']],
      ['2026-03-02', ['fi', 'sv']],
    ]);
  });

  it('bear a date that exists', () => {
    writeFileSync(join(folder, 'notice-2026-02-30.fi.txt'), '');
    expect(() => readNotices(folder)).toThrow(InvalidInput);
  });

  it('are not shown when the file has changed since', () => {
    const file = 'notice-2020-02-20.fi.txt';
    copyFileSync(join(definitionFolder(), file), join(folder, file));
    const text = readNotices(folder)[0]?.texts[0];
    writeFileSync(join(folder, file), 'something else');
    expect(text && (() => readNoticeText(text, folder))).toThrow(/notice-altered/);
  });
});

describe('a register file', () => {
  const write = (text: string) => {
    writeFileSync(join(folder, 'enexus-register.json'), text);
  };

  it.each([
    ['is not JSON', 'Kanarialintu {', /json/],
    ['has no contact person', '{"definition": {}}', /contactPerson.*required/],
    [
      'has another field',
      '{"contactPerson":{"name":"A","email":"a@b"},"definition":{},"x":1}',
      /x.*unknown-field/,
    ],
    ['has no definition', '{"contactPerson":{"name":"A","email":"a@b"}}', /definition.*required/],
  ])('that %s is refused, and not quoted', (_, text, message) => {
    write(text);
    expect(() => readRegister(folder)).toThrow(message);
    expect(() => readRegister(folder)).toThrow(InvalidInput);
    expect(() => readRegister(folder)).not.toThrow(/Kanarialintu/);
  });

  it('that is not there is the error of the file system', () => {
    expect(() => readRegister(folder)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
