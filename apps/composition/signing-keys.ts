import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

import type { Signer } from '#customers';
import type { NoteSigner } from '#evidence';
import { IntegrityError } from '#kernel';

import type { SecretsFolder } from './secrets-folder.js';

const CURRENT = 'signing-key.pem';
/** There while a key is about to be replaced: it has been made, and not been announced yet. */
const NEXT = 'signing-key-next.pem';

/**
 * The ledger's voice: the Ed25519 key that signs receipts of erasures, and notes under the name of its
 * origin. Read each time that it signs, since another process may have replaced it.
 */
export class SigningKeys implements Signer {
  constructor(
    private readonly folder: SecretsFolder,
    private readonly origin: string,
  ) {}

  /** Name of the key, as receipts of erasures show it. */
  get id(): string {
    return `${this.origin}+${this.publicKey.slice(0, 8)}`;
  }

  /** Base64url. */
  get publicKey(): string {
    return Buffer.from(this.notes.key.publicKey).toString('base64url');
  }

  /** Signature over the bytes, base64url. */
  sign(bytes: Uint8Array): string {
    return Buffer.from(this.notes.sign(bytes)).toString('base64url');
  }

  /** The key as it is now. @throws IntegrityError `signing-key-missing` */
  get notes(): NoteSigner {
    const pem = this.folder.readNow(CURRENT);
    if (pem === undefined) throw missing();
    return noteSigner(pem, this.origin);
  }

  /** The key that is to take its place, while there is one. */
  get next(): NoteSigner | undefined {
    const pem = this.folder.readNow(NEXT);
    return pem === undefined ? undefined : noteSigner(pem, this.origin);
  }

  /** Makes the next key, unless there is one already; the ledger announces it, and then signs with it. */
  async makeNext(): Promise<void> {
    if (this.next === undefined) await this.folder.write(NEXT, newKey());
  }

  /** The next key takes the place of the one before, which is gone with this. */
  async succeed(): Promise<void> {
    if (this.next !== undefined) await this.folder.replace(CURRENT, NEXT);
  }
}

/**
 * Opens the ledger's signing key; it is made where `make` is set and there is none.
 * @throws IntegrityError `signing-key-missing`
 */
export async function openSigner(
  folder: SecretsFolder,
  origin: string,
  make: boolean,
): Promise<SigningKeys> {
  if ((await folder.read(CURRENT)) === undefined) {
    if (!make) throw missing();
    await folder.write(CURRENT, newKey());
  }
  return new SigningKeys(folder, origin);
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function noteSigner(pem: string, origin: string): NoteSigner {
  const key = createPrivateKey(pem);
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return {
    key: { name: origin, type: 'ed25519', publicKey: Buffer.from(x, 'base64url') },
    sign: (message) => sign(null, message, key),
  };
}

function missing(): IntegrityError {
  return new IntegrityError('signing-key-missing', 'the signing key is gone');
}
