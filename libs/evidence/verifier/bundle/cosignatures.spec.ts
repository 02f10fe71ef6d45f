import { beforeAll, describe, expect, it } from '@jest/globals';

import { nodeCryptography } from '../../node-cryptography.js';
import { aSigner, aWitness, BundleBench, checked, type MemoryBundle } from '../../testing/index.js';
import { vkeyOf } from '../note.js';
import type { WitnessesAsked } from './cosignatures.js';
import { isRefused, type BundleChecked } from './report.js';

const AT = 1_790_000_000;

type Witness = Awaited<ReturnType<typeof aWitness>>;
let one: Witness;
let two: Witness;
let three: Witness;
/** Two of three have cosigned it, and the ledger's own policy asks for two. */
let bundle: MemoryBundle;

async function report(from: MemoryBundle, witnesses?: WitnessesAsked): Promise<BundleChecked> {
  const found = await checked(from, { witnesses });
  if (isRefused(found)) throw new Error(found.refused);
  return found;
}

beforeAll(async () => {
  one = await aWitness('one.example');
  two = await aWitness('two.example');
  three = await aWitness('three.example');
  const bench = new BundleBench();
  await bench.person();
  const note = await bench.sign();
  bench.policy = { witnesses: [one, two, three].map(({ vkey }) => vkey), quorum: 2 };
  bundle = await bench.bundle(
    { kind: 'ledger' },
    { note: note + one.line(note, AT) + two.line(note, AT + 1) },
  );
});

describe('a bundle whose checkpoint has been cosigned', () => {
  it('tells by whom, when, and how that stands to the policy of the ledger', async () => {
    const found = await report(bundle);
    expect(found).toMatchObject({
      exit: 'good',
      cosignatures: [
        { name: 'one.example', state: 'good', at: AT },
        { name: 'two.example', state: 'good', at: AT + 1 },
      ],
      quorum: { wanted: 2, of: 3, have: 2, isMet: true, isGiven: false },
    });
  });

  it.each([
    ['one that has', () => [one], undefined, 'good', { wanted: 1, have: 1, isMet: true }],
    ['both that have', () => [one, two], undefined, 'good', { wanted: 2, have: 2, isMet: true }],
    ['two of three', () => [one, two, three], 2, 'good', { wanted: 2, have: 2, isMet: true }],
    ['all of three', () => [one, two, three], undefined, 'unproven', { wanted: 3, have: 2 }],
    ['one that has not', () => [three], undefined, 'unproven', { wanted: 1, have: 0 }],
    ['the same twice', () => [one, one], 2, 'refused', {}],
    ['more than there are', () => [one], 2, 'refused', {}],
    ['none', () => [], undefined, 'refused', {}],
  ] as const)('is held to %s by who insists on them', async (_, given, quorum, exit, state) => {
    const witnesses = { witnesses: given().map(({ vkey }) => vkey), quorum };
    const found = await checked(bundle, { witnesses });
    if (isRefused(found)) {
      expect([found.refused, exit]).toEqual(['witnesses-unreadable', 'refused']);
      return;
    }
    expect(found.exit).toBe(exit);
    expect(found.quorum).toMatchObject({ ...state, isGiven: true });
  });

  it('is not cosigned by who has another key of that name', async () => {
    const impostor = await aWitness('one.example');
    const found = await report(bundle, { witnesses: [impostor.vkey] });
    expect(found.exit).toBe('unproven');
    expect(found.quorum).toMatchObject({ have: 0, isMet: false });
  });

  it('is told from one in which a cosignature was changed', async () => {
    const changed = bundle.with('checkpoint', (bytes) => {
      const text = bytes.toString();
      const at = text.lastIndexOf('two.example ') + 'two.example '.length + 40;
      const other = text[at] === 'A' ? 'B' : 'A';
      return Buffer.from(text.slice(0, at) + other + text.slice(at + 1));
    });
    const found = await report(changed, { witnesses: [one.vkey, two.vkey] });
    expect(found.exit).toBe('unproven');
    expect(found.cosignatures).toContainEqual({ name: 'two.example', state: 'wrong' });
    expect((await report(changed)).quorum).toMatchObject({ have: 1, isMet: false });
  });
});

describe('a bundle that was made after the key of the ledger was replaced', () => {
  it('is checked with the old key as with the new one, and with no other', async () => {
    const bench = new BundleBench();
    const person = await bench.person();
    const before = await vkeyOf(bench.shared.signer.key, nodeCryptography);
    await bench.sign();
    bench.shared.next = aSigner(bench.shared.signer.key.name);
    await bench.sign();
    await bench.erase(person);
    await bench.sign();
    const after = await vkeyOf(bench.shared.signer.key, nodeCryptography);
    expect(after).not.toBe(before);
    const whole = await bench.bundle();
    for (const vkey of [before, after, undefined]) {
      expect(await checked(whole, { vkey })).toMatchObject({
        exit: 'good',
        signature: 'good',
        statement: 'good',
        receipts: { good: 1, wrong: 0 },
      });
    }
    const other = await vkeyOf(aSigner('ledger.example').key, nodeCryptography);
    expect(await checked(whole, { vkey: other })).toMatchObject({ exit: 'unproven' });
  });
});
