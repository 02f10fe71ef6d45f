import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { EventId } from '#kernel';

import type { CopyParts } from '../../erasure-copy/copy-text.js';
import { signNote } from '../../checkpoints/signer.js';
import { nodeCryptography } from '../../node-cryptography.js';
import { aSigner, aWitness, CopyBench, copyWith, TEST_RECEIPT } from '../../testing/index.js';
import { vkeyOf } from '../note.js';
import { checkpointText } from '../checkpoint.js';
import { parseReceipt, receiptText } from '../receipt.js';
import { checkCopy, type CopyAsked } from './check.js';
import { isCopyRefused, type CopyChecked } from './report.js';

type Witness = Awaited<ReturnType<typeof aWitness>>;

let made: CopyBench;
let retired: EventId;
let copy: string;
let vkey: string;

beforeAll(async () => {
  made = await CopyBench.erased();
  retired = await made.retires();
  copy = await made.copy({}, retired);
  vkey = await vkeyOf(made.bench.shared.signer.key, nodeCryptography);
});

async function checked(text: string, asked: CopyAsked = {}): Promise<CopyChecked> {
  const report = await checkCopy(text, asked, nodeCryptography);
  if (isCopyRefused(report)) throw new Error(report.refused);
  return report;
}

async function exitOf(text: string, asked: CopyAsked = {}): Promise<string> {
  const report = await checkCopy(text, asked, nodeCryptography);
  return isCopyRefused(report) ? report.refused : report.exit;
}

/** The same bytes in which one bit is another. */
function turned(bytes: Buffer, at: number, bit: number): Buffer {
  const other = Buffer.from(bytes);
  const place = at % other.length;
  other[place] = (other[place] ?? 0) ^ (1 << bit);
  return other;
}

function turnedText(text: string, at: number, bit: number): string {
  return turned(Buffer.from(text), at, bit).toString();
}

const otherBytes = (at: number, bit: number) => (value: unknown) =>
  turned(Buffer.from(String(value), 'base64'), at, bit).toString('base64');

describe('a copy as the ledger made it', () => {
  it('is good, by its own key and by one that is given', async () => {
    const good = { exit: 'good', statement: 'good', signature: 'good', receipt: 'good' };
    const proven = { event: 'proven', isReceiptTold: true, retirements: { proven: 1, all: 1 } };
    expect(await checked(copy)).toMatchObject({ ...good, ...proven, isKeyGiven: false });
    expect(await checked(copy, { vkey })).toMatchObject({ ...good, isKeyGiven: true });
  });

  it('is good with the newline that an editor puts at its end', async () => {
    expect(await exitOf(`${copy}\n`)).toBe('good');
  });

  it('is good after the key has been replaced, by what announces it', async () => {
    const again = await CopyBench.erased();
    const { shared } = again.bench;
    const key = await vkeyOf(shared.signer.key, nodeCryptography);
    shared.next = aSigner(shared.signer.key.name);
    await again.bench.person();
    const note = await again.bench.sign();
    await again.bench.person();
    await again.bench.sign();
    const announcements = [{ note, key }];
    expect(await checked(await again.copy())).toMatchObject({ receipt: 'unknown', exit: 'good' });
    const known = await again.copy({ announcements });
    expect(await checked(known)).toMatchObject({ receipt: 'good', exit: 'good' });
    expect(await checked(known, { vkey: key })).toMatchObject({ exit: 'good' });
  });
});

describe('a copy in which one bit was turned', () => {
  it.each(['erasure', 'retirement'])('in the stored bytes of its %s is told', async (which) => {
    const to = which === 'erasure' ? ['erasure'] : ['copies', 'retirements', 0];
    const exit = which === 'erasure' ? 'ALTERED' : 'unproven';
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('data', 'metadata'),
        fc.nat(),
        fc.nat(7),
        async (member, at, bit) => {
          const other = copyWith(copy, [...to, member], otherBytes(at, bit));
          expect(await exitOf(other)).toBe(exit);
        },
      ),
    );
  });

  it.each([
    [['erasure', 'tlogProof']],
    [['copies', 'retirements', 0, 'tlogProof']],
    [['note']],
    [['erasure', 'preimage']],
  ])('in %j is told, and never a fault of the check', async (path) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(7), async (at, bit) => {
        const other = copyWith(copy, path, (value) => turnedText(String(value), at, bit));
        expect(await exitOf(other)).toMatch(/^(unproven|no-copy)$/);
      }),
    );
  });

  it('anywhere in its text is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(7), async (at, bit) => {
        const other = turnedText(copy, at, bit);
        expect(await exitOf(other)).toMatch(/^(unproven|ALTERED|no-copy)$/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a copy that is not the ledger’s', () => {
  it('says another day, or another ground, than was signed', async () => {
    const day = copyWith(copy, ['copies', 'day'], () => '2026-04-01');
    expect(await checked(day)).toMatchObject({ exit: 'unproven', statement: 'wrong' });
    const ground = copyWith(copy, ['receipt', 'ground'], () => 'unlawful');
    expect(await checked(ground)).toMatchObject({ exit: 'unproven', isReceiptTold: false });
  });

  it('says the same twice, for a reader to see something else', async () => {
    const twice = copy.replace('"copies":', '"copies":{"day":"2020-01-01"},"copies":');
    expect(await checked(twice)).toMatchObject({ exit: 'unproven', statement: 'wrong' });
  });

  it('is signed by somebody else, whose key it names', async () => {
    const other = aSigner(made.bench.shared.signer.key.name);
    const signer = made.bench.shared.signer;
    made.bench.shared.signer = other;
    const forged = await made.copy({}, retired);
    made.bench.shared.signer = signer;
    expect(await checked(forged)).toMatchObject({ statement: 'good', signature: 'missing' });
    expect(await exitOf(forged)).toBe('unproven');
    expect(await checked(forged, { vkey })).toMatchObject({
      exit: 'unproven',
      statement: 'missing',
    });
  });

  it('proves another kind of event', async () => {
    const { erasure, ...parts } = await made.parts({}, retired);
    const [retirement = erasure] = parts.copies.retirements;
    const other = await made.signed({ ...parts, erasure: retirement });
    expect(await checked(other)).toMatchObject({ exit: 'unproven', event: 'unproven' });
  });

  it('says something else to people than its event says', async () => {
    const other = await made.resigned(copy, ['receipt', 'ground'], () => 'unlawful');
    const found = { statement: 'good', event: 'proven', isReceiptTold: false };
    expect(await checked(other)).toMatchObject({ ...found, exit: 'unproven' });
  });

  it('tells of another ledger, or another origin, than its signatures do', async () => {
    const ledger = await made.resigned(copy, ['ledger'], () => TEST_RECEIPT.case);
    expect(await checked(ledger)).toMatchObject({ exit: 'unproven', receipt: 'wrong' });
    const origin = await made.resigned(copy, ['origin'], () => 'other.example');
    expect(await checked(origin)).toMatchObject({ exit: 'unproven', signature: 'missing' });
  });

  it('has the checkpoint of another log, signed with the same key', async () => {
    const { proof } = (await checked(copy)).copy.erasure;
    const text = checkpointText({ ...proof.head, origin: 'other.example' });
    const checkpoint = await signNote(text, made.bench.shared.signer);
    const receipt = receiptText({ ...proof, checkpoint });
    const other = await made.resigned(copy, ['erasure', 'tlogProof'], () => receipt);
    expect(await checked(other)).toMatchObject({ exit: 'unproven', signature: 'missing' });
  });

  it('has a receipt with a wrong signature in the signed log', async () => {
    const wrong = await CopyBench.erased({ signature: 'A'.repeat(86) });
    const found = { statement: 'good', event: 'proven', receipt: 'wrong', exit: 'unproven' };
    expect(await checked(await wrong.copy())).toMatchObject(found);
  });

  it('has a proof, or a confirmation, that leads to no root, though it is signed', async () => {
    const place = (text: unknown) => String(text).replace(/index \d+/, 'index 0');
    const proof = await made.resigned(copy, ['erasure', 'tlogProof'], place);
    expect(await checked(proof)).toMatchObject({ exit: 'unproven', event: 'unproven' });
    const path = ['copies', 'retirements', 0, 'tlogProof'];
    const confirmation = await made.resigned(copy, path, place);
    expect(await checked(confirmation)).toMatchObject({
      exit: 'unproven',
      event: 'proven',
      retirements: { proven: 0, all: 1 },
    });
    const unsigned = await made.resigned(copy, path, (text) =>
      String(text).replace(/.{8}\n$/, 'AAAAAAA=\n'),
    );
    expect(await checked(unsigned)).toMatchObject({ exit: 'unproven', signature: 'wrong' });
  });

  it('has an event that was altered, though the copy is signed', async () => {
    const data = await made.resigned(copy, ['erasure', 'data'], otherBytes(40, 0));
    expect(await checked(data)).toMatchObject({ exit: 'ALTERED', event: 'altered' });
    const preimage = await made.resigned(
      copy,
      ['erasure', 'preimage'],
      (text) => `${String(text)}x`,
    );
    expect(await checked(preimage)).toMatchObject({ exit: 'unproven', event: 'unproven' });
  });

  it.each(['', '{}', '[]', 'null', '{"version":"privacy-ledger/erasure-copy/v1"}', '\u0000'])(
    'is none at all: %j',
    async (text) => {
      expect(await exitOf(text)).toBe('no-copy');
    },
  );
});

describe('a copy whose checkpoint was cosigned', () => {
  const at = 1_772_443_000;

  /** The copy with a cosignature in its proof, and the policy that it tells of. */
  async function cosigned(by: Witness, policy: Partial<CopyParts>): Promise<string> {
    const parts = await made.parts(policy);
    const { receipt } = parts.erasure;
    const line = by.line(parseReceipt(receipt)?.checkpoint ?? '', at);
    return made.signed({ ...parts, erasure: { ...parts.erasure, receipt: receipt + line } });
  }

  it('says by whom and when, and whether they are enough', async () => {
    const witness = await aWitness('witness.example');
    const witnesses = [witness.vkey];
    const own = await cosigned(witness, { witnesses, quorum: 1 });
    const report = await checked(own);
    expect(report.cosignatures).toEqual([{ name: 'witness.example', state: 'good', at }]);
    expect(report).toMatchObject({
      exit: 'good',
      quorum: { have: 1, isMet: true, isGiven: false },
    });
    const given = await checked(own, { witnesses: { witnesses } });
    expect(given).toMatchObject({ exit: 'good', quorum: { isMet: true, isGiven: true } });
    const other = await aWitness('other.example');
    const both = { witnesses: [witness.vkey, other.vkey] };
    expect(await exitOf(own, { witnesses: both })).toBe('unproven');
    expect(await exitOf(own, { witnesses: { ...both, quorum: 1 } })).toBe('good');
    expect(await exitOf(own, { witnesses: { witnesses: ['x'] } })).toBe('witnesses-unreadable');
  });

  it('says that a cosignature is wrong, or of a key that is not there', async () => {
    const [witness, other] = [await aWitness('witness.example'), await aWitness('witness.example')];
    const wrong = await cosigned(
      { ...other, line: (note, when) => witness.line(note, when).replace(/.{8}\n$/, 'AAAAAAA=\n') },
      { witnesses: [witness.vkey], quorum: 1 },
    );
    expect(await checked(wrong)).toMatchObject({
      exit: 'good',
      cosignatures: [{ name: 'witness.example', state: 'wrong' }],
      quorum: { isMet: false },
    });
    const unknown = await checked(await cosigned(witness, {}));
    expect(unknown.cosignatures).toEqual([{ name: 'witness.example', state: 'unknown' }]);
  });
});

describe('a copy held against a kept checkpoint', () => {
  it('agrees with its own, and is not compared with one of another size', async () => {
    const own = (await made.bench.shared.treeStore.checkpoint()) ?? '';
    expect(await checked(copy, { kept: own })).toMatchObject({ exit: 'good', kept: 'agrees' });
    await made.bench.person();
    const later = await made.bench.sign();
    expect(await checked(copy, { kept: later })).toMatchObject({
      exit: 'keptDiffers',
      kept: 'shorter',
    });
    const now = await made.copy();
    expect(await checked(now, { kept: own })).toMatchObject({
      exit: 'refused',
      kept: 'not-comparable',
    });
  });

  it('is refused where that, or the key, is none', async () => {
    expect(await exitOf(copy, { kept: 'x' })).toBe('kept-unreadable');
    expect(await exitOf(copy, { vkey: 'x' })).toBe('vkey-unreadable');
  });
});
