import { base64url, fromBase64url, joined, textOf, utf8, type Bytes } from '../bytes.js';
import type { Cryptography } from '../cryptography.js';
import type { NoteKey } from '../note.js';
import { canonicalText, objectIn } from './canonical.js';

/** The event whose data are a receipt of an erasure. */
export const ERASURE_RECEIPT = 'SubjectErased';
const LABEL = 'privacy-ledger/erasure-receipt/v1\n';
const CUSTOMER = 'customer-';

/** The signed receipt of an erasure (docs/format.md, "Erasure receipt"), without the ledger's id. */
export interface ErasureReceipt {
  readonly subject: string;
  /** Everything that was signed but ledger and subject, as JSON. */
  readonly said: string;
  readonly signer: string;
  readonly signature: Bytes;
}

/** The receipt that an event is; undefined where its data are none. */
export function receiptIn(stream: string, data: Bytes): ErasureReceipt | undefined {
  const members = objectIn(textOf(data));
  const { signature, signer } = members ?? {};
  if (typeof signature !== 'string' || typeof signer !== 'string') return undefined;
  const bytes = fromBase64url(signature);
  if (bytes === undefined || !stream.startsWith(CUSTOMER)) return undefined;
  const left = Object.entries(members ?? {}).filter(
    ([name]) => name !== 'signature' && name !== 'sealed',
  );
  const said = JSON.stringify(Object.fromEntries(left));
  return { subject: stream.slice(CUSTOMER.length), said, signer, signature: bytes };
}

/** What the signature of a receipt is worth. `unknown`: it was signed with a key that is not there. */
export type ReceiptState = 'good' | 'wrong' | 'unknown';

/** Checks a receipt's signature against the keys of the ledger. */
export async function receiptState(
  { subject, said, signer, signature }: ErasureReceipt,
  ledger: string,
  keys: readonly NoteKey[],
  crypto: Cryptography,
): Promise<ReceiptState> {
  // Before the plus is the name that the ledger signed under then.
  const named = signer.slice(signer.lastIndexOf('+') + 1);
  const key = keys.find(({ publicKey }) => base64url(publicKey).startsWith(named));
  if (key === undefined || named.length !== 8) return 'unknown';
  const body = canonicalText({ ...objectIn(said), ledger, subject });
  if (body === undefined) return 'wrong';
  const isGood = await crypto.ed25519(key.publicKey, joined(utf8(LABEL), utf8(body)), signature);
  return isGood ? 'good' : 'wrong';
}
