import { beforeEach, describe, expect, it } from '@jest/globals';

import { ManualClock } from '#vault/contract';

import { signCheckpoint } from '../checkpoints/signer.js';
import { nodeCryptography } from '../node-cryptography.js';
import { aSigner, someLeaves, treeOver } from '../testing/index.js';
import { consistencyProof, rootFrom } from '../tree/proofs.js';
import { parseNote, signedBy } from '../verifier/index.js';
import { requestText } from './request.js';
import { Witness, type WitnessedHead, type WitnessMemory } from './witness.js';

const ORIGIN = 'ledger.example';
const { shelf } = treeOver(someLeaves(600));
const { shelf: forked } = treeOver([...someLeaves(400), ...someLeaves(200)]);

class Remembered implements WitnessMemory {
  readonly heads = new Map<string, WitnessedHead>();

  async last(origin: string) {
    return this.heads.get(origin);
  }

  async remember(origin: string, head: WitnessedHead) {
    this.heads.set(origin, head);
  }
}

describe('a witness', () => {
  const log = aSigner(ORIGIN);
  const own = aSigner('witness.example');
  const signer = { ...own, key: { ...own.key, type: 'cosignature' as const } };
  const clock = new ManualClock();
  let memory: Remembered;
  let witness: Witness;

  beforeEach(() => {
    memory = new Remembered();
    witness = new Witness([log.key], signer, memory, clock);
  });

  async function checkpoint(size: number, by = log, of = shelf): Promise<string> {
    return signCheckpoint({ size, root: await rootFrom(of.read, size) }, by);
  }

  async function ask(oldSize: number, size: number, of = shelf) {
    const proof = await consistencyProof(of.read, oldSize, size);
    return witness.addCheckpoint(
      requestText({ oldSize, proof, checkpoint: await checkpoint(size, log, of) }),
    );
  }

  it('cosigns what has only grown, with its time, and remembers it', async () => {
    for (const [old, size] of [
      [0, 100],
      [100, 100],
      [100, 257],
      [257, 600],
    ] as const) {
      const answer = await ask(old, size);
      expect([size, answer.status]).toEqual([size, 200]);
      const note = parseNote((await checkpoint(size)) + answer.body);
      if (note === undefined) throw new Error('no note');
      const at = Math.floor(Date.parse(clock.now()) / 1000);
      expect(await signedBy(note, signer.key, nodeCryptography)).toEqual({ at });
      expect(memory.heads.get(ORIGIN)?.size).toBe(size);
    }
  });

  it('tells what it has cosigned last to who is wrong about it', async () => {
    await ask(0, 100);
    for (const [old, size] of [
      [0, 200],
      [99, 200],
      [0, 100],
    ] as const) {
      const answer = await ask(old, size);
      expect(answer).toMatchObject({ status: 409, type: 'text/x.tlog.size', body: '100\n' });
    }
    expect(memory.heads.get(ORIGIN)?.size).toBe(100);
  });

  it('does not cosign another tree', async () => {
    await ask(0, 500);
    const fork = await ask(500, 600, forked);
    expect(fork.status).toBe(422);
    const same = await checkpoint(500, log, forked);
    const answer = await witness.addCheckpoint(
      requestText({ oldSize: 500, proof: [], checkpoint: same }),
    );
    expect(answer.status).toBe(409);
    expect(memory.heads.get(ORIGIN)?.size).toBe(500);
  });

  it('does not cosign a smaller one', async () => {
    await ask(0, 500);
    const answer = await witness.addCheckpoint(
      requestText({ oldSize: 500, proof: [], checkpoint: await checkpoint(400) }),
    );
    expect(answer.status).toBe(400);
  });

  it('knows its logs by their keys', async () => {
    const stranger = await checkpoint(10, aSigner('other.example'));
    const forged = await checkpoint(10, aSigner(ORIGIN));
    const wrong = (await checkpoint(10)).replace('\n10\n', '\n11\n');
    for (const [note, status] of [
      [stranger, 404],
      [forged, 403],
      [wrong, 403],
    ] as const) {
      const request = requestText({ oldSize: 0, proof: [], checkpoint: note });
      expect((await witness.addCheckpoint(request)).status).toBe(status);
    }
    expect(memory.heads.size).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['no old size', '\n\nnote'],
    ['an old size that is none', 'old x\n\nnote'],
    ['a short hash', 'old 1\nAAAA\n\nnote'],
    ['no note', 'old 1\n\nnote'],
  ])('refuses %s', async (_, body) => {
    expect((await witness.addCheckpoint(body)).status).toBe(400);
  });

  it('refuses more hashes than a proof can have, and a proof where there is nothing to grow from', async () => {
    const hash = Buffer.alloc(32).toString('base64');
    const note = await checkpoint(10);
    const many = `old 0\n${`${hash}\n`.repeat(64)}\n${note}`;
    expect((await witness.addCheckpoint(many)).status).toBe(400);
    expect((await witness.addCheckpoint(`old 0\n${hash}\n\n${note}`)).status).toBe(422);
  });

  it('lets no cosignature out that it could not remember', async () => {
    memory.remember = async () => {
      throw new Error('disk full');
    };
    await expect(ask(0, 100)).rejects.toThrow('disk full');
    expect((await witness.addCheckpoint('')).status).toBe(400);
  });

  it('of two requests at once takes one after the other', async () => {
    const answers = await Promise.all([ask(0, 300), ask(0, 200), ask(0, 250)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
  });
});
