import { createHash, createPublicKey, verify } from 'node:crypto';

import { base64url, type Cryptography } from './verifier/index.js';

/** Node's own cryptography, which answers at once. */
export const nodeCryptography = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  ed25519: (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const key = { kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey) };
    return verify(null, message, createPublicKey({ key, format: 'jwk' }), signature);
  },
} satisfies Cryptography;
