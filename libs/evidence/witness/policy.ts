import { InvalidInput } from '#kernel';

import { nodeCryptography } from '../node-cryptography.js';
import { parseVkey } from '../verifier/index.js';
import type { KnownWitness } from './client.js';

/** Who is to cosign the ledger's checkpoints, and how many of them it takes. */
export interface WitnessPolicy {
  readonly witnesses: readonly KnownWitness[];
  /** How many cosignatures a checkpoint should have; 0 to the number of witnesses. */
  readonly quorum: number;
}

/**
 * Reads a policy: pairs of a vkey and a submission prefix, white space between all of them.
 * @throws InvalidInput that names the fields given
 */
export async function readPolicy(
  text: string,
  quorum: number,
  fields: { readonly witnesses: string; readonly quorum: string },
): Promise<WitnessPolicy> {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const witnesses: KnownWitness[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const witness = await witnessOf(words[at] ?? '', words[at + 1] ?? '');
    const isKnown = witnesses.some(({ key }) => key.name === witness?.key.name);
    if (witness === undefined || isKnown) {
      throw new InvalidInput(fields.witnesses, 'witnesses', 'is pairs of a vkey and an address');
    }
    witnesses.push(witness);
  }
  if (quorum > witnesses.length) {
    throw new InvalidInput(fields.quorum, 'max', 'is no more than there are witnesses');
  }
  return { witnesses, quorum };
}

async function witnessOf(vkey: string, address: string): Promise<KnownWitness | undefined> {
  const key = await parseVkey(vkey, nodeCryptography);
  if (key?.type !== 'cosignature' || !URL.canParse(address)) return undefined;
  const { protocol, username } = new URL(address);
  if ((protocol !== 'http:' && protocol !== 'https:') || username !== '') return undefined;
  return { key, url: address.replace(/\/+$/, '') };
}
