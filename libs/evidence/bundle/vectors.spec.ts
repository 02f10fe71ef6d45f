import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { checked, MemoryBundle } from '../testing/index.js';

/** Bundles as docs/format.md says them: made once, never made anew by this program. */
interface Vectors {
  /** A checkpoint that was kept from before. */
  readonly kept: string;
  readonly whole: Vector;
  readonly part: Vector;
}

interface Vector {
  /** As text; `leaves` as base64. */
  readonly files: Readonly<Record<string, string>>;
  readonly exit: string;
  /** Index and verdict of each. */
  readonly events: readonly (readonly [index: number, verdict: string])[];
  readonly kept: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/bundle.json', import.meta.url), 'utf8'),
) as Vectors;

describe.each(['whole', 'part'] as const)('the vector of a bundle: %s', (which) => {
  const vector = vectors[which];
  const bundle = new MemoryBundle();
  for (const [name, text] of Object.entries(vector.files)) {
    bundle.files.set(name, Buffer.from(text, name === 'leaves' ? 'base64' : 'utf8'));
  }

  it('is what it says of itself', async () => {
    const report = await checked(bundle, { kept: vectors.kept });
    expect(report).toMatchObject({ exit: vector.exit, kept: vector.kept, isComplete: true });
    expect(report).toMatchObject({
      events: vector.events.map(([index, verdict]) => ({ index, verdict })),
    });
  });

  it('says something else of a file that is another', async () => {
    const turned = bundle.with('keys.jsonl', (bytes) =>
      Buffer.from(bytes.toString().replace('live', 'dead')),
    );
    expect(await checked(turned)).toMatchObject({ exit: 'unproven', damaged: ['keys.jsonl'] });
  });
});
