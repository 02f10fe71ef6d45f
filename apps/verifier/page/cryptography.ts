import type { BundleCryptography, Bytes } from '#evidence/verifier';

/** The browser's own cryptography. */
export const webCryptography: BundleCryptography = {
  sha256: (bytes) => hashOf(new Uint8Array(bytes)),
  // A browser hashes only what it has whole: it lies in a blob, which need not be memory.
  digest: async (pieces) => {
    const parts: Blob[] = [];
    for await (const piece of pieces) parts.push(new Blob([new Uint8Array(piece)]));
    return hashOf(await new Blob(parts).arrayBuffer());
  },
  ed25519: async (publicKey, message, signature) => {
    const key = await keyOf(publicKey).catch(() => undefined);
    if (key === undefined) return false;
    const [signed, over] = [new Uint8Array(signature), new Uint8Array(message)];
    return crypto.subtle.verify('Ed25519', key, signed, over);
  },
};

/** Whether this browser can check signatures. */
export async function canCheckSignatures(): Promise<boolean> {
  const aPoint = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));
  return keyOf(aPoint).then(
    () => true,
    () => false,
  );
}

function keyOf(publicKey: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(publicKey), 'Ed25519', false, ['verify']);
}

async function hashOf(bytes: BufferSource): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
