import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  fold,
  foldEmail,
  foldNumber,
  foldPhone,
  prefixesOf,
  queryPrefix,
  wordsOf,
} from './search-words.js';

describe('words', () => {
  it.each([
    ['Köhler', ['kohler']],
    ['KÖHLER-Virtanen', ['kohler', 'virtanen']],
    ["O'Brien", ['o', 'brien']],
    ['  Åsa   Öberg ', ['asa', 'oberg']],
    ['İstanbul', ['istanbul']],
    ['Ｆｕｌｌ width', ['full', 'width']],
    ['東京 株式会社', ['東京', '株式会社']],
    ['3M Oy (Ab)', ['3m', 'oy', 'ab']],
    ['--- ', []],
    ['', []],
  ])('of %j are %j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('are the same however a text is composed, and in whatever case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(wordsOf(text.normalize('NFD'))).toEqual(wordsOf(text.normalize('NFC')));
      }),
    );
    expect(fold('ÅNGSTRÖM')).toBe(fold('ångström'));
  });
});

describe('what a word is found by', () => {
  it('is its prefixes of three to eight letters', () => {
    expect(prefixesOf('virta')).toEqual(['vir', 'virt', 'virta']);
    expect(prefixesOf('virtanen-')).toHaveLength(6);
    expect(prefixesOf('abcdefghij').at(-1)).toBe('abcdefgh');
  });

  it('is the whole of one that is shorter', () => {
    expect(prefixesOf('li')).toEqual(['li$']);
    expect(queryPrefix('li')).toBe('li$');
    // Not to be mistaken for the beginning of a longer one.
    expect(prefixesOf('liisa')).not.toContain(queryPrefix('li'));
  });

  it('counts letters, not the units that they are stored in', () => {
    expect(prefixesOf('𝒜𝒜')).toEqual(['𝒜𝒜$']);
    expect(prefixesOf('𝒜𝒜𝒜𝒜')).toEqual(['𝒜𝒜𝒜', '𝒜𝒜𝒜𝒜']);
  });

  it('holds the prefix that any beginning of three letters or more asks for', () => {
    const words = fc
      .tuple(fc.string({ unit: 'grapheme', minLength: 3 }), fc.nat())
      .map(([text, at]) => ({ word: wordsOf(text)[0] ?? '', at }))
      .filter(({ word }) => Array.from(word).length >= 3);
    fc.assert(
      fc.property(words, ({ word, at }) => {
        const letters = Array.from(word);
        const asked = letters.slice(0, 3 + (at % (letters.length - 2))).join('');
        expect(prefixesOf(word)).toContain(queryPrefix(asked));
      }),
    );
  });
});

describe('an email address', () => {
  it('is compared without case and space around it', () => {
    expect(foldEmail(' Anna@Example.FI ')).toBe('anna@example.fi');
    expect(foldEmail('a\u0308@b.fi')).toBe(foldEmail('ä@b.fi'));
  });
});

describe('a telephone number', () => {
  it.each([
    ['+358 40 123 4567', '358401234567'],
    ['00358 40 1234567', '358401234567'],
    ['040-123 4567', '358401234567'],
    ['+358 (0)40 123 4567', '358401234567'],
    ['(040) 123 4567', '358401234567'],
    ['+1 (514) 721-4711', '15147214711'],
    ['+55 (12) 3923-5555', '551239235555'],
    ['112', '112'],
    ['ask at the desk', ''],
  ])('%s is compared as %s', (phone, digits) => {
    expect(foldPhone(phone)).toBe(digits);
  });
});

describe('a customer number', () => {
  it('is compared as it is, but for its composition and space around it', () => {
    expect(foldNumber(' A\u030a-1 ')).toBe('Å-1');
    expect(foldNumber('a-1')).not.toBe(foldNumber('A-1'));
  });
});
