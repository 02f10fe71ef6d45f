import { OctetString } from 'asn1js';

import { instantOf, plusMillis } from '#kernel';

import { readAnchors, type TrustAnchors } from '../timestamps/anchors.js';
import { checkTimestamp, type ExpectedTimestamp } from '../timestamps/check.js';
import { timestampQuery, type TimestampQuery } from '../timestamps/request.js';
import { readTimestamp } from '../timestamps/response.js';
import type { AuthorityMade } from './authority-made.js';
import { OpensslAuthority } from './openssl-authority.js';

/** A checkpoint as it is stamped. */
export const NOTE = 'ledger.example\n7\nroot\n\n\u2014 ledger.example signature\n';
const MINUTE = 60_000;

/** An authority, a question, and its answer. */
export interface Answered {
  readonly authority: OpensslAuthority;
  readonly anchors: TrustAnchors;
  readonly query: TimestampQuery;
  readonly response: Buffer;
}

/** Whoever asks removes the authority. */
export async function answered(made: AuthorityMade = {}): Promise<Answered> {
  const authority = await OpensslAuthority.make(made);
  const query = timestampQuery(NOTE);
  return {
    authority,
    anchors: anchorsIn(await authority.rootPem()),
    query,
    response: await authority.reply(query.der),
  };
}

/** @throws where no root is among them */
export function anchorsIn(pem: string): TrustAnchors {
  const anchors = readAnchors(pem);
  if (anchors === undefined) throw new Error('no root');
  return anchors;
}

/** What comes of a check: `taken`, or the problem. */
export async function outcomeOf(
  response: Uint8Array,
  more: Pick<ExpectedTimestamp, 'query'> & Partial<ExpectedTimestamp>,
): Promise<string> {
  const now = instantOf(Date.now());
  const expected = { from: plusMillis(now, -5 * MINUTE), to: plusMillis(now, 5 * MINUTE), ...more };
  return checkTimestamp(response, expected).then(
    () => 'taken',
    (error: unknown) => String(error).replace('Outage: timestamp: ', ''),
  );
}

/** Some bits of a byte turned round. */
export function turned(response: Buffer, at: number, bits: number): Buffer {
  const altered = Buffer.from(response);
  altered[at] = (altered[at] ?? 0) ^ bits;
  return altered;
}

/** What has been signed, as it was. */
export function infoIn(response: Buffer): Buffer {
  const { eContent } = readTimestamp(response).signed.encapContentInfo;
  if (!(eContent instanceof OctetString)) throw new Error('no content');
  return Buffer.from(eContent.getValue());
}
