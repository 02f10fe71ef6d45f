import type { JsonObject, LedgerId, SubjectId } from '#kernel';
import { canonicalBytes } from '#kernel';

/** The ledger's voice: an Ed25519 key of its own. */
export interface Signer {
  /** Name of the key, as receipts show it. */
  readonly id: string;
  /** Signature over the bytes, base64url. */
  sign(bytes: Uint8Array): string;
}

const LABEL = 'privacy-ledger/erasure-receipt/v1';

/**
 * The bytes that an erasure receipt's signature is over: the label, a newline, and the canonical
 * JSON of the SubjectErased event's data without `signature`, with the ledger's and the subject's
 * id. Everything that the receipt says can be checked with the ledger's public key.
 */
export function receiptBytes(ledger: LedgerId, subject: SubjectId, data: JsonObject): Uint8Array {
  const fields = Object.entries(data).filter(([name]) => name !== 'signature');
  const body = { ...Object.fromEntries(fields), ledger, subject };
  return Buffer.concat([Buffer.from(`${LABEL}\n`), canonicalBytes(body)]);
}
