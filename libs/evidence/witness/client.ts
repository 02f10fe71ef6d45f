import { Outage } from '#kernel';

import { nodeCryptography } from '../node-cryptography.js';
import type { TreeStore } from '../port.js';
import { consistencyProof } from '../tree/proofs.js';
import { parseNote, parseCheckpoint, signedBy, type NoteKey } from '../verifier/index.js';
import { requestText } from './request.js';

/** A witness as the ledger knows it. */
export interface KnownWitness {
  /** Of the type `cosignature`. */
  readonly key: NoteKey;
  /** Its submission prefix, without a slash at the end. */
  readonly url: string;
}

/** A cosignature that has been verified. */
export interface Cosignature {
  /** Name of the witness. */
  readonly witness: string;
  /** The signature's line, with its newline. */
  readonly line: string;
  /** When the witness has seen it, in seconds since 1970. */
  readonly at: number;
}

/** Longest that a witness is waited for. */
const PATIENCE_MILLIS = 5_000;
const MAX_ANSWER = 16_384;

/**
 * Has a witness cosign a checkpoint (c2sp.org/tlog-witness).
 * @param oldSize what the witness is thought to have cosigned last; it says so itself where that is wrong
 * @throws Outage where it is away or refuses
 */
export async function cosign(
  witness: KnownWitness,
  tree: Pick<TreeStore, 'tiles'>,
  checkpoint: string,
  oldSize: number,
): Promise<Cosignature> {
  const first = await ask(witness, tree, checkpoint, oldSize);
  if (first.status !== 409) return cosignatureIn(witness, checkpoint, first);
  const known = sizeIn(first);
  if (known === undefined || known === oldSize) throw away(witness, 'has seen another tree');
  return cosignatureIn(witness, checkpoint, await ask(witness, tree, checkpoint, known));
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

async function ask(
  witness: KnownWitness,
  tree: Pick<TreeStore, 'tiles'>,
  checkpoint: string,
  oldSize: number,
): Promise<Answer> {
  const size = parseCheckpoint(checkpoint)?.size ?? 0;
  if (oldSize > size) throw away(witness, 'has seen a larger tree');
  const proof = await consistencyProof((wanted) => tree.tiles(wanted), oldSize, size);
  try {
    const answer = await fetch(`${witness.url}/add-checkpoint`, {
      method: 'POST',
      body: requestText({ oldSize, proof, checkpoint }),
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
      redirect: 'error',
    });
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, type, text: (await answer.text()).slice(0, MAX_ANSWER) };
  } catch {
    throw away(witness, 'does not answer');
  }
}

function sizeIn({ type, text }: Answer): number | undefined {
  if (!type.startsWith('text/x.tlog.size') || !/^(0|[1-9][0-9]{0,15})\n$/.test(text)) {
    return undefined;
  }
  return Number(text);
}

/** Of all lines of the answer the one that is the witness's own, and verifies. */
async function cosignatureIn(
  witness: KnownWitness,
  checkpoint: string,
  { status, text }: Answer,
): Promise<Cosignature> {
  if (status !== 200) throw away(witness, `refuses with ${String(status)}`);
  const body = checkpoint.slice(0, checkpoint.lastIndexOf('\n\n') + 1);
  for (const line of text.split('\n').slice(0, -1)) {
    const note = parseNote(`${body}\n${line}\n`);
    const signed =
      note === undefined ? 'missing' : await signedBy(note, witness.key, nodeCryptography);
    if (signed === 'missing' || signed === 'wrong' || signed.at === undefined) continue;
    return { witness: witness.key.name, line: `${line}\n`, at: signed.at };
  }
  throw away(witness, 'gives no cosignature of its own');
}

function away({ key }: KnownWitness, why: string): Outage {
  return new Outage('witness', `${key.name} ${why}`);
}
