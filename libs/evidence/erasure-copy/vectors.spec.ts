import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { nodeCryptography } from '../node-cryptography.js';
import { checkCopy } from '../verifier/index.js';

/** Copies as docs/format.md says them: made once, never made anew by this program. */
interface Vectors {
  /** The ledger's key. */
  readonly vkey: string;
  readonly cases: readonly {
    readonly name: string;
    readonly copy: string;
    readonly exit: string;
  }[];
}

const { vkey, cases } = JSON.parse(
  readFileSync(new URL('../vectors/erasure-copy.json', import.meta.url), 'utf8'),
) as Vectors;

describe('the vectors of a copy', () => {
  it.each(cases)('$name: $exit', async ({ copy, exit }) => {
    expect(await checkCopy(copy, { vkey }, nodeCryptography)).toMatchObject({ exit });
    expect(await checkCopy(copy, {}, nodeCryptography)).toMatchObject({ exit });
  });

  it('has one of each kind', () => {
    expect(new Set(cases.map(({ exit }) => exit))).toEqual(
      new Set(['good', 'ALTERED', 'unproven']),
    );
  });
});
