import { createHash, randomBytes } from 'node:crypto';

import { Integer, Null, OctetString } from 'asn1js';
import { AlgorithmIdentifier, MessageImprint, TimeStampReq } from 'pkijs';

/** What an authority is asked. */
export interface TimestampQuery {
  /** A TimeStampReq (RFC 3161, section 2.4.1), DER. */
  readonly der: Buffer;
  /** The bytes that are to be stamped. */
  readonly data: Buffer;
  /** Their SHA-256. */
  readonly imprint: Buffer;
  /** The contents of an INTEGER: positive, and as short as can be. */
  readonly nonce: Buffer;
}

export const SHA_256 = '2.16.840.1.101.3.4.2.1';
const NONCE_BYTES = 9;

/** A question with a nonce of its own, for a token with its certificate. */
export function timestampQuery(text: string): TimestampQuery {
  const data = Buffer.from(text);
  const imprint = createHash('sha256').update(data).digest();
  const nonce = freshNonce();
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({
        algorithmId: SHA_256,
        algorithmParams: new Null(),
      }),
      hashedMessage: new OctetString({ valueHex: imprint }),
    }),
    nonce: new Integer({ valueHex: nonce }),
    certReq: true,
  });
  return { der: Buffer.from(request.toSchema().toBER()), data, imprint, nonce };
}

/** 70 random bits. The two before them make it positive, and the same number of bytes each time. */
function freshNonce(): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  return nonce;
}
