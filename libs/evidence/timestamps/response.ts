import { fromBER, OctetString } from 'asn1js';
import {
  id_ContentType_SignedData,
  id_eContentType_TSTInfo,
  SignedData,
  TimeStampResp,
  TSTInfo,
  type SignerInfo,
} from 'pkijs';

import { isDer } from './der.js';
import { noTimestamp, readOr } from './problems.js';

/** A timestamp as it was sent, its parts read and nothing of it checked. */
export interface ReadTimestamp {
  readonly signed: SignedData;
  /** The one that has signed. */
  readonly signer: SignerInfo;
  /** What it has signed. */
  readonly info: TSTInfo;
}

/** What the names of all signatures on curves begin with. */
const ON_CURVE = '1.2.840.10045.4.';
/** PKIStatus: granted, and granted with modifications. */
const GRANTED: readonly number[] = [0, 1];

/**
 * Reads a TimeStampResp (RFC 3161, section 2.4.2).
 * @throws Outage with the code of what is wrong with it
 */
export function readTimestamp(response: Uint8Array): ReadTimestamp {
  return readOr('unreadable', () => {
    if (!isDer(response)) throw noTimestamp('unreadable');
    const { result } = fromBER(response);
    const { status, timeStampToken } = new TimeStampResp({ schema: result });
    if (!GRANTED.includes(status.status)) throw noTimestamp('rejected');
    if (timeStampToken?.contentType !== id_ContentType_SignedData) throw noTimestamp('unreadable');
    return partsOf(new SignedData({ schema: timeStampToken.content }));
  });
}

function partsOf(signed: SignedData): ReadTimestamp {
  const { eContentType, eContent } = signed.encapContentInfo;
  const [signer, ...others] = signed.signerInfos;
  if (eContentType !== id_eContentType_TSTInfo || !(eContent instanceof OctetString)) {
    throw noTimestamp('unreadable');
  }
  // A token bears the authority's signature and no other, with attributes that name its certificate.
  if (signer?.signedAttrs === undefined || others.length > 0) throw noTimestamp('unreadable');
  if (!isWholeSignature(signer)) throw noTimestamp('unreadable');
  const content = new Uint8Array(eContent.getValue());
  if (!isDer(content)) throw noTimestamp('unreadable');
  return { signed, signer, info: TSTInfo.fromBER(content) };
}

/** A signature on a curve is a value of two numbers (RFC 3279, section 2.2.3). */
function isWholeSignature({ signatureAlgorithm, signature }: SignerInfo): boolean {
  const isOnCurve = signatureAlgorithm.algorithmId.startsWith(ON_CURVE);
  return !isOnCurve || isDer(new Uint8Array(signature.getValue()));
}
