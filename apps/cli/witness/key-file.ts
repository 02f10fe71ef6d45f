import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

import type { NoteSigner } from '#evidence';
import { errorCode, InvalidInput } from '#kernel';

/** The Ed25519 key of a witness, PKCS 8 in PEM; made where the file is not there. */
export async function witnessKey(path: string, name: string): Promise<NoteSigner> {
  const pem = (await keyIn(path)) ?? (await makeKey(path));
  const key = privateKeyOf(pem);
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return {
    key: { name, type: 'cosignature', publicKey: Buffer.from(x, 'base64url') },
    sign: (message) => sign(null, message, key),
  };
}

async function keyIn(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new InvalidInput('--key', 'readable', 'must be a file that can be read');
  }
}

async function makeKey(path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  try {
    await writeFile(path, pem, { mode: 0o600, flag: 'wx' });
  } catch {
    throw new InvalidInput('--key', 'writable', 'must be a file that can be made');
  }
  return pem;
}

function privateKeyOf(pem: string) {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Refused below: the error might quote the file.
  }
  throw new InvalidInput('--key', 'ed25519', 'must hold an Ed25519 key in PEM');
}
