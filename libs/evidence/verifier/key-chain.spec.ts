import { describe, expect, it } from '@jest/globals';

import { signCheckpoint, type NoteSigner } from '../checkpoints/signer.js';
import { nodeCryptography } from '../node-cryptography.js';
import { aSigner } from '../testing/index.js';
import { keysOfLog, type Announcement } from './key-chain.js';
import { vkeyOf } from './note.js';

const ORIGIN = 'ledger.example';
const [first, second, third, stranger] = Array.from({ length: 4 }, () => aSigner(ORIGIN)) as [
  NoteSigner,
  NoteSigner,
  NoteSigner,
  NoteSigner,
];

async function announced(by: NoteSigner, next: NoteSigner): Promise<Announcement> {
  const head = { size: 1, root: Buffer.alloc(32) };
  const note = await signCheckpoint(head, by, next);
  return { note, key: await vkeyOf(by.key, nodeCryptography) };
}

const chain = (announcements: readonly Announcement[]) =>
  keysOfLog(third.key, announcements, nodeCryptography);

describe('the keys of a log', () => {
  it('are those that announced the trusted one, and those that it announced, and so on', async () => {
    const both = [await announced(first, second), await announced(second, third)];
    expect(await chain(both)).toEqual([third.key, second.key, first.key]);
    expect(await chain(both.toReversed())).toEqual([third.key, second.key, first.key]);
    expect(await keysOfLog(first.key, both, nodeCryptography)).toEqual([
      first.key,
      second.key,
      third.key,
    ]);
    expect(await chain(both.slice(0, 1))).toEqual([third.key]);
    expect(await chain([])).toEqual([third.key]);
  });

  it('do not include one that the trusted key has not signed for', async () => {
    const good = await announced(stranger, third);
    const own = aSigner(ORIGIN);
    const claimed = await announced(stranger, { ...own, key: third.key });
    expect(await chain([claimed])).toEqual([third.key]);
    expect(await chain([{ ...good, key: await vkeyOf(first.key, nodeCryptography) }])).toEqual([
      third.key,
    ]);
    const changed = { ...good, note: good.note.replace('\n1\n', '\n2\n') };
    expect(await chain([changed])).toEqual([third.key]);
  });

  it('are each there once, where keys announce each other in a circle', async () => {
    const circle = [
      await announced(first, third),
      await announced(third, first),
      await announced(second, second),
    ];
    expect(await chain(circle)).toEqual([third.key, first.key]);
  });

  it('are of the same log', async () => {
    const other = aSigner('other.example');
    expect(await chain([await announced(other, third)])).toEqual([third.key]);
  });
});
