import { sameBytes, type Bytes } from '../bytes.js';
import { parseCheckpoint, type SignedCheckpoint } from '../checkpoint.js';
import type { Cryptography } from '../cryptography.js';
import { isConsistent } from '../proofs.js';
import type { BundleHeader } from './format.js';
import type { KeptState } from './report.js';
import { rootOf } from './root.js';
import { BundleRefused, stateOf, type SignedHeader } from './signatures.js';

/** Reads a checkpoint that somebody kept. @throws BundleRefused where it is none of the ledger's */
export async function readKept(
  text: string,
  { keys, checkpoint }: Pick<SignedHeader, 'keys' | 'checkpoint'>,
  crypto: Cryptography,
): Promise<SignedCheckpoint> {
  const kept = parseCheckpoint(text);
  if (kept?.origin !== checkpoint.origin) throw new BundleRefused('kept-unreadable');
  const state = await stateOf(kept.note, kept.origin, keys, crypto);
  if (state !== 'good') throw new BundleRefused('kept-unreadable');
  return kept;
}

/**
 * How a kept checkpoint stands to the bundle's.
 * @param leaves of the whole tree, where the bundle has them all
 */
export async function keptState(
  kept: SignedCheckpoint,
  {
    header,
    checkpoint,
  }: Pick<SignedHeader, 'checkpoint'> & {
    readonly header: Pick<BundleHeader, 'consistency'>;
  },
  leaves: readonly Bytes[] | undefined,
  crypto: Cryptography,
): Promise<KeptState> {
  const { size, root } = kept;
  if (size > checkpoint.size) return 'shorter';
  if (size === checkpoint.size) return agreement(sameBytes(root, checkpoint.root));
  if (leaves !== undefined) {
    return agreement(sameBytes(await rootOf(leaves.slice(0, size), crypto), root));
  }
  if (header.consistency?.size !== size) return 'not-comparable';
  const { proof } = header.consistency;
  return agreement(await isConsistent(kept, checkpoint, proof, crypto));
}

function agreement(agrees: boolean): KeptState {
  return agrees ? 'agrees' : 'differs';
}

/** Whether a bundle or a copy contradicts what was kept. */
export function isAgainst(kept: KeptState | undefined): boolean {
  return kept === 'differs' || kept === 'shorter';
}
