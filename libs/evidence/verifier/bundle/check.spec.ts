import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { nodeCryptography } from '../../node-cryptography.js';
import {
  aSigner,
  BundleBench,
  checked,
  MemoryBundle,
  type BundlePerson,
} from '../../testing/index.js';
import { signCheckpoint } from '../../checkpoints/signer.js';
import { vkeyOf } from '../note.js';
import { parseCheckpoint } from '../checkpoint.js';
import { isRefused, type BundleChecked, type BundleReport } from './report.js';

let bench: BundleBench;
let one: BundlePerson;
let older: string;
let whole: MemoryBundle;
let part: MemoryBundle;
let vkey: string;

beforeAll(async () => {
  bench = new BundleBench();
  one = await bench.person(5);
  await bench.person();
  older = await bench.sign();
  await bench.erase(one);
  for (let n = 0; n < 6; n++) await bench.person();
  await bench.sign();
  whole = await bench.bundle();
  part = await bench.bundle(bench.of(one), { keptSize: parseCheckpoint(older)?.size });
  vkey = await vkeyOf(bench.shared.signer.key, nodeCryptography);
});

function report(given: BundleReport): BundleChecked {
  if (isRefused(given)) throw new Error(given.refused);
  return given;
}

async function exitOf(bundle: MemoryBundle, asked: Parameters<typeof checked>[1] = {}) {
  const given = await checked(bundle, asked);
  return isRefused(given) ? given.refused : given.exit;
}

describe('a bundle in which one bit was turned', () => {
  const names = ['events.jsonl', 'keys.jsonl', 'checkpoint', 'bundle.json', 'bundle.note'];
  const NOT_FINE = /^(ALTERED|MISSING|INSERTED|unproven|no-bundle|unreadable|unsigned)$/;

  it.each(names)('in %s is never fine, and never a fault of the check', async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(7), fc.boolean(), async (at, bit, isWhole) => {
        const turned = (isWhole ? whole : part).with(name, (bytes) => {
          const place = at % bytes.length;
          bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
          return bytes;
        });
        expect(await exitOf(turned)).toMatch(NOT_FINE);
      }),
      { numRuns: 60 },
    );
  });

  it('in the list of leaves is told, and the events prove themselves', async () => {
    const turned = whole.with('leaves', (bytes) => {
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      return bytes;
    });
    expect(report(await checked(turned))).toMatchObject({ exit: 'good', areLeavesDamaged: true });
  });
});

describe('a bundle from which lines were taken', () => {
  it.each([0, 3, 6])('line %i of a whole one is MISSING at its place', async (at) => {
    const left = whole.with('events.jsonl', (bytes) => without(bytes, at));
    expect(report(await checked(left))).toMatchObject({ exit: 'MISSING', totals: { MISSING: 1 } });
  });

  it.each([0, 4, 6])('line %i of a part is MISSING from its stream', async (at) => {
    const left = part.with('events.jsonl', (bytes) => without(bytes, at));
    const { exit, events, isComplete } = report(await checked(left));
    expect([exit, isComplete]).toEqual(['MISSING', false]);
    expect(events.filter(({ verdict }) => verdict === 'MISSING')).toMatchObject([{ revision: at }]);
  });

  it('all of them leaves a bundle that is refused', async () => {
    expect(await exitOf(whole.with('events.jsonl', () => Buffer.alloc(0)))).toBe('empty');
  });
});

function without(bytes: Buffer, at: number): Buffer {
  const lines = bytes.toString().split('\n');
  return Buffer.from(lines.toSpliced(at, 1).join('\n'));
}

describe('a bundle without', () => {
  it.each([
    ['bundle.json', 'no-bundle'],
    ['bundle.note', 'unsigned'],
    ['checkpoint', 'unsigned'],
    ['events.jsonl', 'unreadable'],
    ['keys.jsonl', 'unproven'],
    ['leaves', 'good'],
  ])('%s: %s', async (name, comesTo) => {
    const left = whole.with(name, (bytes) => bytes);
    left.files.delete(name);
    expect(await exitOf(left)).toBe(comesTo);
  });

  it('anything is none', async () => {
    expect(await exitOf(new MemoryBundle())).toBe('no-bundle');
  });
});

describe('the key', () => {
  it('is the one that is given, and it is said which', async () => {
    expect(report(await checked(part, { vkey }))).toMatchObject({ exit: 'good', isKeyGiven: true });
    expect(report(await checked(part))).toMatchObject({ vkey, isKeyGiven: false });
  });

  it('that is given and has signed nothing here proves nothing', async () => {
    const other = await vkeyOf(aSigner('ledger.example').key, nodeCryptography);
    const given = report(await checked(whole, { vkey: other }));
    expect(given).toMatchObject({ exit: 'unproven', signature: 'missing', isWhole: false });
    expect(given.totals).toMatchObject({ INTACT: 0, SHREDDED: 0 });
  });

  it('that cannot be read is refused', async () => {
    expect(await exitOf(whole, { vkey: 'ledger.example+0+x' })).toBe('vkey-unreadable');
  });

  it('of another with the same name cannot stand in for the bundle’s', async () => {
    const head = parseCheckpoint(whole.file('checkpoint').toString());
    if (head === undefined) throw new Error('no checkpoint');
    const forged = await signCheckpoint(head, aSigner('ledger.example'));
    const swapped = whole.with('checkpoint', () => Buffer.from(forged));
    expect(report(await checked(swapped))).toMatchObject({ exit: 'unproven', isComplete: false });
  });
});

describe('a checkpoint that was kept', () => {
  it('from before is what the bundle goes on from, whole and in part', async () => {
    expect(report(await checked(whole, { kept: older }))).toMatchObject({ kept: 'agrees' });
    expect(report(await checked(part, { kept: older }))).toMatchObject({ kept: 'agrees' });
  });

  it('is the same one', async () => {
    const kept = whole.file('checkpoint').toString();
    expect(report(await checked(part, { kept }))).toMatchObject({ exit: 'good', kept: 'agrees' });
  });

  it('of another history is told before everything else', async () => {
    const { size = 0 } = parseCheckpoint(older) ?? {};
    const other = await signCheckpoint({ size, root: Buffer.alloc(32, 7) }, bench.shared.signer);
    for (const bundle of [whole, part]) {
      const turned = bundle.with('keys.jsonl', () => Buffer.alloc(0));
      expect(report(await checked(turned, { kept: other }))).toMatchObject({
        exit: 'keptDiffers',
        kept: 'differs',
      });
    }
  });

  it('of more events is a history that was cut', async () => {
    const larger = { size: 1_000, root: Buffer.alloc(32, 7) };
    const kept = await signCheckpoint(larger, bench.shared.signer);
    expect(report(await checked(whole, { kept }))).toMatchObject({
      exit: 'keptDiffers',
      kept: 'shorter',
    });
  });

  it('that a part has no proof from is not passed over', async () => {
    const unshown = await bench.bundle(bench.of(one));
    expect(report(await checked(unshown, { kept: older }))).toMatchObject({
      exit: 'refused',
      kept: 'not-comparable',
    });
  });

  it.each(['', 'nonsense\n', 'other'])(
    'that is no checkpoint of the ledger is refused: %j',
    async (text) => {
      const other = await signCheckpoint(
        { size: 3, root: Buffer.alloc(32) },
        aSigner('ledger.example'),
      );
      const kept = text === 'other' ? other : text;
      expect(await exitOf(whole, { kept })).toBe('kept-unreadable');
    },
  );
});

describe('what a bundle says', () => {
  it('of keys is the ledger’s word, and no other is taken for it', async () => {
    const alive = part.with('keys.jsonl', (bytes) =>
      Buffer.from(bytes.toString().replace('"destroyed"', '"live"')),
    );
    expect(report(await checked(alive))).toMatchObject({
      exit: 'unproven',
      damaged: ['keys.jsonl'],
    });
  });

  it('of a receipt is checked by its signature', async () => {
    expect(report(await checked(part))).toMatchObject({ receipts: { good: 1, wrong: 0 } });
  });

  it('of its stream’s head is the ledger’s word: a part is complete up to it', async () => {
    expect(report(await checked(part)).header.scope).toMatchObject({ kind: 'customer', head: 6 });
  });
});
