import { textOf, utf8 } from '../bytes.js';
import { objectIn, type Members } from '../bundle/canonical.js';
import type { Cryptography } from '../cryptography.js';
import { leafHash } from '../hashing.js';
import { leafParts, leafText } from '../leaf.js';
import { isIncluded } from '../proofs.js';
import type { ProvenEvent } from './format.js';
import type { ProofState } from './report.js';

/** Builds an event's leaf from its bytes, and follows the proof. @param type that it must be of */
export async function proofState(
  event: ProvenEvent,
  type: string,
  crypto: Cryptography,
): Promise<ProofState> {
  const { index, proof, head } = event.proof;
  const isSigned = async (entry: string) =>
    isIncluded({ leaf: await leafHash(utf8(entry), crypto), index, proof }, head, crypto);
  const own = leafText(await leafParts(event, crypto));
  if (await isSigned(own)) {
    return event.type === type && event.preimage === own ? 'proven' : 'unproven';
  }
  return (await isSigned(event.preimage)) ? 'altered' : 'unproven';
}

/** What an event says, as a copy tells it to people. */
export function toldOf({ stream, revision, id, metadata, data }: ProvenEvent): Members {
  const { recordedAt } = objectIn(textOf(metadata)) ?? {};
  return { ...objectIn(textOf(data)), event: id, stream, revision, recordedAt };
}
