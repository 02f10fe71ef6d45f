import type { X509Certificate } from 'node:crypto';

import {
  BasicConstraints,
  Certificate,
  id_BasicConstraints,
  id_CertificatePolicies,
  id_ExtKeyUsage,
  id_KeyUsage,
} from 'pkijs';

import type { TrustAnchors } from './anchors.js';

/** Longer chains than this are not known, and more signatures than this are not tried. */
const MOST_ISSUERS = 8;
const MOST_ATTEMPTS = 100;

/** Extensions that are understood here: a certificate in which another one is critical counts for nothing. */
const KNOWN: ReadonlySet<string> = new Set([
  id_BasicConstraints,
  id_KeyUsage,
  id_ExtKeyUsage,
  id_CertificatePolicies,
]);

/**
 * Whether a certificate leads to a root (RFC 5280, section 6): each is signed by the next, which is a CA
 * that may stand so high, and all were valid then. Whether one was revoked is not asked.
 * @param given certificates that came with it
 * @param at milliseconds since 1970
 */
export function leadsToRoot(
  signer: X509Certificate,
  given: readonly X509Certificate[],
  { roots, others }: TrustAnchors,
  at: number,
): boolean {
  const all = [...roots, ...others, ...given].map((one) => [one.fingerprint256, one] as const);
  // Of the same certificate the first: a root stays one.
  const candidates = [...new Map(all.toReversed()).values()].toReversed();
  let attempts = 0;
  const climb = (from: X509Certificate, below: number): boolean => {
    if (below >= MOST_ISSUERS) return false;
    for (const issuer of candidates) {
      if (!from.checkIssued(issuer)) continue;
      attempts += 1;
      if (attempts > MOST_ATTEMPTS) return false;
      if (!mayIssue(issuer, below, at) || !from.verify(issuer.publicKey)) continue;
      if (roots.includes(issuer) || climb(issuer, below + 1)) return true;
    }
    return false;
  };
  return wasValid(signer, at) && isUnderstood(signer) && climb(signer, 0);
}

/** Whether a certificate was valid at a time: milliseconds since 1970. */
export function wasValid({ validFrom, validTo }: X509Certificate, at: number): boolean {
  return Date.parse(validFrom) <= at && at <= Date.parse(validTo);
}

/** @param below how many CAs there are between it and the signer */
function mayIssue(issuer: X509Certificate, below: number, at: number): boolean {
  if (!issuer.ca || !wasValid(issuer, at) || !isUnderstood(issuer)) return false;
  const extensions = Certificate.fromBER(issuer.raw).extensions ?? [];
  const limit = extensions.map((one) => one.parsedValue as unknown).find(isConstraint);
  return below <= Number(limit?.pathLenConstraint ?? MOST_ISSUERS);
}

function isUnderstood({ raw }: X509Certificate): boolean {
  const extensions = Certificate.fromBER(raw).extensions ?? [];
  return extensions.every(({ critical, extnID }) => !critical || KNOWN.has(extnID));
}

function isConstraint(value: unknown): value is BasicConstraints {
  return value instanceof BasicConstraints;
}
