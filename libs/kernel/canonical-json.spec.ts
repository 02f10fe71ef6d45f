import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';

import { canonicalBytes, canonicalJson } from './canonical-json.js';
import { InvalidInput } from './errors.js';
import type { Json } from './json.js';

/** Any value that JSON can carry, with property names that every store can. */
const values = fc
  .jsonValue({ stringUnit: 'binary', maxDepth: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);

function ruleOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof InvalidInput ? error.rule : 'another error';
  }
}

/** The same value with the properties of every object in another order. */
function shuffled(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(shuffled);
  const entries = Object.entries(value).map(([name, item]) => [name, shuffled(item ?? null)]);
  return Object.fromEntries(entries.reverse()) as Json;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

describe('canonical JSON', () => {
  it('is the same for equal values, however they were made', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('reads back as the same value, and is then written the same', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = canonicalJson(value);
        const read = JSON.parse(text) as Json;
        expect(canonicalJson(read)).toBe(text);
        expect(read).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is what another implementation writes', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
    );
  });

  it.each<[Json, string]>([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [-0, '0'],
    [1e21, '1e+21'],
    [0.000001, '0.000001'],
    [5e-324, '5e-324'],
    ['\u0000\u001f"\\/\u007f\u2028', '"\\u0000\\u001f\\"\\\\/\u007f\u2028"'],
    // By UTF-16 code units, not by code points: U+1F600 is written D83D DE00.
    [{ '\ufb33': 1, '\u{1f600}': 2 }, '{"\u{1f600}":2,"\ufb33":1}'],
    [{ 1: 'a', '01': 'b' }, '{"01":"b","1":"a"}'],
  ])('of %j is %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('keeps a property whose name means something to JavaScript', () => {
    const value = JSON.parse('{"__proto__":{"x":1},"constructor":2}') as Json;
    expect(canonicalJson(value)).toBe('{"__proto__":{"x":1},"constructor":2}');
  });

  it.each<[string, Json]>([
    ['lone-surrogate', { a: ['\ud800'] }],
    ['lone-surrogate', { a: { '\udc00': 1 } }],
    ['not-finite', { a: Number.NaN }],
    ['not-finite', [Number.POSITIVE_INFINITY]],
  ])('refuses %s, naming the rule', (rule, value) => {
    expect(ruleOf(() => canonicalJson(value))).toBe(rule);
    expect(ruleOf(() => canonicalBytes(value))).toBe(rule);
  });

  it('names the field that it refuses, and never quotes the value', () => {
    const refused = () => canonicalJson({ person: { name: 'Anna \ud800' } });
    expect(refused).toThrow(InvalidInput);
    expect(refused).toThrow('person.name');
    expect(refused).not.toThrow('Anna');
  });
});

describe('canonical bytes', () => {
  it('are the text in UTF-8', () => {
    expect(canonicalBytes({ name: 'Köhler 漢 😀' }).toString('utf8')).toBe(
      '{"name":"Köhler 漢 😀"}',
    );
  });

  it.each(['0', '7', '10', '4294967295'])('refuse the property name %s', (name) => {
    expect(ruleOf(() => canonicalBytes({ a: [{ [name]: 1 }] }))).toBe('whole-number-name');
  });

  it.each(['00', '01', '-1', '1.0', '1a', ''])('take the property name "%s"', (name) => {
    expect(ruleOf(() => canonicalBytes({ [name]: 1 }))).toBeUndefined();
  });
});

const folder = process.env.FOREIGN_VECTORS;
const vectors = folder === undefined ? undefined : join(folder, 'rfc8785');
const skipped = ' (skipped: FOREIGN_VECTORS names no folder of test vectors)';

(vectors === undefined ? describe.skip : describe)(
  `the vectors of RFC 8785${vectors === undefined ? skipped : ''}`,
  () => {
    const names = vectors === undefined ? ['none'] : readdirSync(join(vectors, 'input'));

    it.each(names)('%s', (name) => {
      const read = (kind: string) => readFileSync(join(vectors ?? '', kind, name), 'utf8');
      expect(canonicalJson(JSON.parse(read('input')) as Json)).toBe(read('output').trimEnd());
    });
  },
);
