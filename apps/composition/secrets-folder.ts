import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Signer } from '#customers';
import type { NoteSigner } from '#evidence';
import { errorCode, IntegrityError, Outage } from '#kernel';

const OWNER_ONLY = 0o700;
const OWNER_FILE = 0o600;

/** The files beside the KEKs: signing key, admin token, marker of a first start. */
export class SecretsFolder {
  constructor(readonly path: string) {}

  /** Where KEKs lie. */
  get keks(): string {
    return join(this.path, 'keks');
  }

  /** The anchor's file. */
  get anchor(): string {
    return join(this.path, 'anchor.log');
  }

  /** Where the first start leaves the admin token. */
  get adminToken(): string {
    return join(this.path, 'admin-token.txt');
  }

  /** Makes the folder, and takes it from everyone else if it lay open. */
  async prepare(): Promise<void> {
    await guarded(async () => {
      await mkdir(this.path, { recursive: true, mode: OWNER_ONLY });
      await chmod(this.path, OWNER_ONLY);
    });
  }

  /** Text of a file, undefined where there is none. */
  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.path, name), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw new Outage('secrets', errorCode(error) ?? 'cannot be read', { cause: error });
    }
  }

  /** Writes a file whole and durably, or not at all. */
  async write(name: string, text: string): Promise<void> {
    await guarded(async () => {
      const target = join(this.path, name);
      const file = await open(`${target}.new`, 'w', OWNER_FILE);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${target}.new`, target);
      await this.#syncFolder();
    });
  }

  async remove(name: string): Promise<void> {
    await guarded(async () => {
      await rm(join(this.path, name), { force: true });
      await this.#syncFolder();
    });
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

const SIGNING_KEY = 'signing-key.pem';

/** The ledger's voice: signs receipts of erasures, and notes under the name of its origin. */
export interface LedgerSigner extends Signer {
  /** Ed25519, base64url. */
  readonly publicKey: string;
  readonly notes: NoteSigner;
}

/** The ledger's Ed25519 key; made where `make` is set and there is none. */
export async function openSigner(
  folder: SecretsFolder,
  origin: string,
  make: boolean,
): Promise<LedgerSigner> {
  const pem = (await folder.read(SIGNING_KEY)) ?? (make ? await makeKey(folder) : undefined);
  if (pem === undefined) throw new IntegrityError('signing-key-missing', 'the signing key is gone');
  const key = createPrivateKey(pem);
  const raw = createPublicKey(key).export({ format: 'jwk' }).x ?? '';
  return {
    id: `${origin}+${raw.slice(0, 8)}`,
    publicKey: raw,
    sign: (bytes) => sign(null, bytes, key).toString('base64url'),
    notes: {
      key: { name: origin, type: 'ed25519', publicKey: Buffer.from(raw, 'base64url') },
      sign: (message) => sign(null, message, key),
    },
  };
}

async function makeKey(folder: SecretsFolder): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await folder.write(SIGNING_KEY, pem);
  return pem;
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Outage('secrets', errorCode(error) ?? 'cannot be written', { cause: error });
  }
}
