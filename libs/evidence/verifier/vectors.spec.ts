import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { nodeCryptography } from '../node-cryptography.js';
import { isConsistent, isIncluded } from './proofs.js';

/** A folder of vectors of other implementations. */
const FOLDER = process.env.FOREIGN_VECTORS;

interface Case {
  readonly name: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

interface InclusionCase extends Case {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
}

interface ConsistencyCase extends Case {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
}

function casesOf<C extends Case>(name: string): readonly C[] {
  const text = readFileSync(join(FOLDER ?? '', 'rfc6962', `${name}.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as C);
}

const bytes = (text: string) => Buffer.from(text, 'base64');
const skipped = ' (skipped: FOREIGN_VECTORS names no folder of test vectors)';

const described = FOLDER === undefined ? describe.skip : describe;

described(`the vectors of RFC 6962${FOLDER === undefined ? skipped : ''}`, () => {
  it('of inclusion are taken or refused as they say', async () => {
    const cases = casesOf<InclusionCase>('inclusion');
    for (const { name, leafIdx, treeSize, root, leafHash, proof, wantErr } of cases) {
      const claim = { leaf: bytes(leafHash), index: leafIdx, proof: (proof ?? []).map(bytes) };
      const head = { size: treeSize, root: bytes(root) };
      expect([name, await isIncluded(claim, head, nodeCryptography)]).toEqual([name, !wantErr]);
    }
    expect(cases).toHaveLength(98);
  });

  it('of consistency are taken or refused as they say', async () => {
    const cases = casesOf<ConsistencyCase>('consistency');
    for (const { name, size1, size2, root1, root2, proof, wantErr } of cases) {
      const [first, second] = [
        { size: size1, root: bytes(root1) },
        { size: size2, root: bytes(root2) },
      ];
      const isGood = await isConsistent(first, second, (proof ?? []).map(bytes), nodeCryptography);
      expect([name, isGood]).toEqual([name, !wantErr]);
    }
    expect(cases).toHaveLength(98);
  });
});
