import { X509Certificate } from 'node:crypto';

/** Whom a chain of certificates must lead to. */
export interface TrustAnchors {
  /** Certificates that are signed by themselves: a chain ends in one of them. */
  readonly roots: readonly X509Certificate[];
  /** Others that came along: a chain may pass through them. */
  readonly others: readonly X509Certificate[];
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Reads certificates in PEM, as `openssl -CAfile` takes them; undefined where no root is among them. */
export function readAnchors(pem: string): TrustAnchors | undefined {
  try {
    const all = Array.from(pem.matchAll(BLOCK), ([block]) => new X509Certificate(block));
    const roots = all.filter(isRoot);
    if (roots.length === 0) return undefined;
    return { roots, others: all.filter((one) => !roots.includes(one)) };
  } catch {
    return undefined;
  }
}

function isRoot(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}
