import { createHash, createPublicKey, verify } from 'node:crypto';

import { base64url, type BundleCryptography } from '#evidence/verifier';

/** Node's own cryptography, which answers at once. */
export const nodeCryptography: BundleCryptography = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  digest: async (pieces) => {
    const hash = createHash('sha256');
    for await (const piece of pieces) hash.update(piece);
    return hash.digest();
  },
  ed25519: (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const key = { kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey) };
    return verify(null, message, createPublicKey({ key, format: 'jwk' }), signature);
  },
};
