import type { Cryptography } from '../cryptography.js';
import { parseVkey, signedBy, type NoteKey } from '../note.js';
import type { BundleHeader } from './format.js';
import { BundleRefused, type SignedHeader } from './signatures.js';

/** One who has cosigned. */
export interface BundleCosignature {
  readonly name: string;
  /** `unknown`: nobody has given a key of that name. */
  readonly state: 'good' | 'wrong' | 'unknown';
  /** Seconds since 1970. */
  readonly at?: number;
}

/** Whose cosignatures count, as whoever checks says it. */
export interface WitnessesAsked {
  /** Keys of witnesses (c2sp.org/signed-note), had from elsewhere. */
  readonly witnesses: readonly string[];
  /** How many of them must have cosigned; all, if left out. */
  readonly quorum?: number | undefined;
}

/** How a checkpoint stands to a policy of k of n witnesses. */
export interface QuorumState {
  readonly wanted: number;
  readonly of: number;
  /** How many have cosigned. */
  readonly have: number;
  readonly isMet: boolean;
  /** Whoever checks has given it; else it is the ledger's own word. */
  readonly isGiven: boolean;
}

/** Who has cosigned a bundle's checkpoint, and whether those are enough. */
export interface Cosigned {
  readonly cosignatures: readonly BundleCosignature[];
  readonly quorum: QuorumState;
}

/** A checkpoint, who of the ledger has signed it, and who the ledger says should cosign it. */
export type ToCosign = Pick<SignedHeader, 'checkpoint' | 'keys'> & {
  readonly header: Pick<BundleHeader, 'witnesses' | 'quorum'>;
};

/** @throws BundleRefused where what is asked for is no policy */
export async function cosignedBy(
  by: ToCosign,
  asked: WitnessesAsked | undefined,
  crypto: Cryptography,
): Promise<Cosigned> {
  const { header } = by;
  const keys = await keysOf(asked?.witnesses ?? header.witnesses, crypto);
  const wanted = asked === undefined ? header.quorum : (asked.quorum ?? keys.length);
  const isCount = Number.isSafeInteger(wanted) && wanted > 0 && wanted <= keys.length;
  const isPolicy = isCount && keys.length === asked?.witnesses.length;
  if (asked !== undefined && !isPolicy) throw new BundleRefused('witnesses-unreadable');
  const cosignatures = await statesOf(by, keys, crypto);
  const have = cosignatures.filter(({ state }) => state === 'good').length;
  const isGiven = asked !== undefined;
  const quorum = { wanted, of: keys.length, have, isMet: have >= wanted, isGiven };
  return { cosignatures, quorum };
}

/**
 * Whether too few have cosigned for whoever checks. The ledger works on while a witness is away: whoever
 * insists on cosignatures names the witnesses.
 */
export function isQuorumMissed({ isGiven, isMet }: QuorumState): boolean {
  return isGiven && !isMet;
}

/** Each witness once. */
async function keysOf(vkeys: readonly string[], crypto: Cryptography): Promise<readonly NoteKey[]> {
  const keys = new Map<string, NoteKey>();
  for (const vkey of vkeys) {
    const key = await parseVkey(vkey, crypto);
    if (key?.type === 'cosignature') keys.set(key.name, key);
  }
  return [...keys.values()];
}

async function statesOf(
  { checkpoint: { note }, keys: own }: ToCosign,
  keys: readonly NoteKey[],
  crypto: Cryptography,
): Promise<readonly BundleCosignature[]> {
  const names = new Set(note.signatures.map(({ name }) => name));
  for (const { name } of own) names.delete(name);
  return Promise.all(
    Array.from(names, async (name): Promise<BundleCosignature> => {
      const key = keys.find((one) => one.name === name);
      if (key === undefined) return { name, state: 'unknown' };
      const signed = await signedBy(note, key, crypto);
      if (signed === 'wrong' || signed === 'missing') return { name, state: 'wrong' };
      return { name, state: 'good', ...signed };
    }),
  );
}
