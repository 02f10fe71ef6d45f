import { createHash } from 'node:crypto';

import { ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { id_eContentType_TSTInfo, type SignerInfo } from 'pkijs';

import { SHA_256 } from './request.js';

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
/** Names a certificate by its SHA-1 (RFC 2634, section 5.4): what older authorities still send. */
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
/** Names it by any hash (RFC 5035, section 3). */
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

const HASHES: ReadonlyMap<string, string> = new Map([
  [SHA_256, 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** Whether a hash that is named by its OID is one of SHA-2. */
export function isSha2(oid: string): boolean {
  return HASHES.has(oid);
}

/** Whether what was signed says of itself that it is a TSTInfo (RFC 5652, section 11.1). */
export function saysTimestamp(signer: SignerInfo): boolean {
  const [type, ...others] = valuesOf(signer, CONTENT_TYPE);
  if (!(type instanceof ObjectIdentifier) || others.length > 0) return false;
  return type.getValue() === id_eContentType_TSTInfo;
}

/**
 * Whether the signature names its certificate, and it is this one (RFC 3161, section 2.4.2; RFC 5816). Where
 * it names one in both ways, both must be right.
 * @param der the certificate
 */
export function namesCertificate(signer: SignerInfo, der: Uint8Array): boolean {
  const older = valuesOf(signer, SIGNING_CERTIFICATE).map((value) => isFirst(value, der, 'sha1'));
  const newer = valuesOf(signer, SIGNING_CERTIFICATE_V2).map((value) => isFirst(value, der));
  const named = [...older, ...newer];
  return named.length > 0 && !named.includes(false);
}

/** The first of those that are named is the signer's own. */
function isFirst(value: unknown, der: Uint8Array, only?: string): boolean {
  const [list] = partsOf(value);
  const [first] = partsOf(list);
  const parts = partsOf(first);
  const [head] = parts;
  const hash = only ?? hashNamed(head);
  const named = parts.find((part) => part instanceof OctetString);
  if (hash === undefined || named === undefined) return false;
  return createHash(hash).update(der).digest().equals(Buffer.from(named.getValue()));
}

/** SHA-256 where none is named. */
function hashNamed(head: unknown): string | undefined {
  if (!(head instanceof Sequence)) return 'sha256';
  const [oid] = partsOf(head);
  return oid instanceof ObjectIdentifier ? HASHES.get(oid.getValue()) : undefined;
}

function partsOf(block: unknown): readonly unknown[] {
  return block instanceof Sequence ? block.valueBlock.value : [];
}

function valuesOf({ signedAttrs }: SignerInfo, type: string): readonly unknown[] {
  const attributes = signedAttrs?.attributes ?? [];
  return attributes
    .filter((one) => one.type === type)
    .flatMap(({ values }): readonly unknown[] => values as unknown[]);
}
