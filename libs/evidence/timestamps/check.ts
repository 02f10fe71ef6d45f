import { webcrypto, X509Certificate } from 'node:crypto';

import { BitString } from 'asn1js';
import { Certificate, CryptoEngine, ExtKeyUsage, id_ExtKeyUsage, id_KeyUsage } from 'pkijs';

import type { Instant } from '#kernel';
import { instantOf, millisOf } from '#kernel';

import type { TrustAnchors } from './anchors.js';
import { isSha2, namesCertificate, saysTimestamp } from './attributes.js';
import { leadsToRoot, wasValid } from './chain.js';
import { noTimestamp, readOr } from './problems.js';
import { SHA_256, type TimestampQuery } from './request.js';
import { readTimestamp, type ReadTimestamp } from './response.js';

/** What a timestamp must be. */
export interface ExpectedTimestamp {
  readonly query: Pick<TimestampQuery, 'data' | 'imprint' | 'nonce'>;
  /** Between these it tells its time. */
  readonly from: Instant;
  readonly to: Instant;
  /** Left out, the chain of its certificate is not judged. */
  readonly anchors?: TrustAnchors | undefined;
}

const FOR_TIMESTAMPS = '1.3.6.1.5.5.7.3.8';
/** digitalSignature and nonRepudiation, the first two bits. */
const SIGNS = 0xc0;

const crypto = new CryptoEngine({ name: 'node', crypto: webcrypto });

/**
 * Checks what an authority has answered, all of it (RFC 3161, section 2.2): granted, of these bytes, to this
 * question, signed by the certificate that it names, which is for timestamps and leads to a trust anchor
 * where there are any, at a plausible time.
 * @param response a TimeStampResp, as it was sent
 * @returns the time that it tells
 * @throws Outage with the code of what is wrong with it
 */
export async function checkTimestamp(
  response: Uint8Array,
  expected: ExpectedTimestamp,
): Promise<Instant> {
  const read = readTimestamp(response);
  assertAnswers(read, expected.query);
  const certificate = await signerOf(read, expected.query.data);
  const at = readOr('unreadable', () => instantOf(read.info.genTime));
  readOr('certificate-purpose', () => {
    if (!isForTimestamps(certificate)) throw noTimestamp('certificate-purpose');
  });
  readOr('chain-unknown', () => {
    assertTrusted(read, certificate, millisOf(at), expected.anchors);
  });
  if (at < expected.from || at > expected.to) throw noTimestamp('time-implausible');
  return at;
}

function assertAnswers({ info }: ReadTimestamp, { imprint, nonce }: ExpectedTimestamp['query']) {
  readOr('unreadable', () => {
    const { hashAlgorithm, hashedMessage } = info.messageImprint;
    const isOfIt = imprint.equals(Buffer.from(hashedMessage.getValue()));
    if (info.version !== 1) throw noTimestamp('unreadable');
    if (hashAlgorithm.algorithmId !== SHA_256 || !isOfIt) throw noTimestamp('imprint-differs');
    const answered = info.nonce?.valueBlock.valueHexView;
    if (answered === undefined || !nonce.equals(answered)) throw noTimestamp('nonce-differs');
  });
}

/** The certificate whose key has signed, which the signature names itself. */
async function signerOf({ signed, signer }: ReadTimestamp, data: Buffer): Promise<Certificate> {
  const hash = signer.digestAlgorithm.algorithmId;
  const announced = signed.digestAlgorithms.map(({ algorithmId }) => algorithmId);
  const isHashed = isSha2(hash) && announced.join(' ') === hash;
  if (!isHashed || !saysTimestamp(signer)) throw noTimestamp('signature-wrong');
  const verified = await signed
    .verify({ signer: 0, data: Uint8Array.from(data).buffer, extendedMode: true }, crypto)
    .catch((error: unknown) => {
      throw noTimestamp('signature-wrong', { cause: error });
    });
  const certificate = verified.signerCertificate;
  if (verified.signatureVerified !== true || !(certificate instanceof Certificate)) {
    throw noTimestamp('signature-wrong');
  }
  readOr('certificate-not-named', () => {
    const isNamed = namesCertificate(signer, derOf(certificate));
    if (!isNamed) throw noTimestamp('certificate-not-named');
  });
  return certificate;
}

/** Critically, and for nothing else (RFC 3161, section 2.3); its key, where it says so, signs alone. */
function isForTimestamps({ extensions = [] }: Certificate): boolean {
  const usage = extensions.find(({ extnID }) => extnID === id_ExtKeyUsage);
  const purposes: unknown = usage?.parsedValue;
  if (usage?.critical !== true || !(purposes instanceof ExtKeyUsage)) return false;
  if (purposes.keyPurposes.join(' ') !== FOR_TIMESTAMPS) return false;
  const key: unknown = extensions.find(({ extnID }) => extnID === id_KeyUsage)?.parsedValue;
  if (key === undefined) return true;
  const [bits = 0, ...more] = key instanceof BitString ? key.valueBlock.valueHexView : [];
  return (bits & SIGNS) !== 0 && (bits & ~SIGNS) === 0 && more.every((byte) => byte === 0);
}

function assertTrusted(
  { signed }: ReadTimestamp,
  certificate: Certificate,
  at: number,
  anchors: TrustAnchors | undefined,
): void {
  const signer = new X509Certificate(derOf(certificate));
  if (!wasValid(signer, at)) throw noTimestamp('certificate-time');
  if (anchors === undefined) return;
  const given = (signed.certificates ?? []).filter((one) => one instanceof Certificate);
  const others = given.map((one) => new X509Certificate(derOf(one)));
  if (!leadsToRoot(signer, others, anchors, at)) throw noTimestamp('chain-unknown');
}

function derOf(certificate: Certificate): Buffer {
  return Buffer.from(certificate.toSchema().toBER());
}
