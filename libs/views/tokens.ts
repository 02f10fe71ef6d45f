import { createHmac, hash } from 'node:crypto';

import { IntegrityError } from '#kernel';

import type { Build, ViewDefinition } from './port.js';

/** Where the secret that a build's search keys are derived from is kept. The vault is one. */
export interface SearchSecrets {
  /** The 32 bytes of a name, made on first asking. */
  secret(name: string): Promise<Uint8Array>;
  /** Destroys them for good; asking again makes others. */
  destroySecret(name: string): Promise<void>;
}

/** The name of a build's search secret: never the same again, also in a store made anew. */
export function searchSecretName(build: Build): string {
  return `search/${build.view}/${build.id}`;
}

/** The tokenizer of a build of a view, with keys for the fields that the view declares. */
export async function tokenizerOf(
  secrets: SearchSecrets,
  view: ViewDefinition,
  build: Build,
): Promise<Tokenizer> {
  if (view.tokens === undefined || view.tokens.length === 0) return new Tokenizer();
  return new Tokenizer(await secrets.secret(searchSecretName(build)), view.tokens);
}

const BLOCK = 64;
const DIGEST = 32;
const TOKEN_BYTES = 16;
const KEY_LABEL = 'privacy-ledger/search-key/v1\n';

/**
 * Makes blind search tokens. Key of a field: HMAC-SHA-256 (RFC 2104) under the build's secret over
 * `privacy-ledger/search-key/v1`, a newline and the field's name. Token: HMAC-SHA-256 under the
 * field's key over the text in UTF-8, of which the first 16 bytes, base64url. Texts are normalised
 * by the caller.
 */
export class Tokenizer {
  readonly #hmacs: ReadonlyMap<string, PaddedHmac>;

  /** @param secret 32 bytes, not kept; of no account where there are no fields */
  constructor(secret: Uint8Array = new Uint8Array(32), fields: readonly string[] = []) {
    if (secret.length !== 32) throw new IntegrityError('search-secret', 'must have 32 bytes');
    const keyOf = (field: string) =>
      createHmac('sha256', secret)
        .update(KEY_LABEL + field)
        .digest();
    this.#hmacs = new Map(fields.map((field) => [field, new PaddedHmac(keyOf(field))]));
  }

  /** @throws IntegrityError `token-undeclared` for a field that the view does not declare */
  token(field: string, text: string): string {
    const hmac = this.#hmacs.get(field);
    if (hmac === undefined) {
      throw new IntegrityError('token-undeclared', `no search tokens are declared for ${field}`);
    }
    return hmac.token(text);
  }

  /** Overwrites the keys. Tokens made after that find nothing. */
  wipe(): void {
    for (const hmac of this.#hmacs.values()) hmac.wipe();
  }
}

/**
 * HMAC with its two padded keys made once and each hash in one call: twice as fast as `createHmac`,
 * which matters where a name gives twenty tokens.
 */
class PaddedHmac {
  #inner = Buffer.alloc(BLOCK + 192);
  readonly #outer = Buffer.alloc(BLOCK + DIGEST);

  /** @param key 32 bytes, not kept */
  constructor(key: Uint8Array) {
    for (let i = 0; i < BLOCK; i++) {
      this.#inner[i] = 0x36 ^ (key[i] ?? 0);
      this.#outer[i] = 0x5c ^ (key[i] ?? 0);
    }
  }

  token(text: string): string {
    this.#makeRoom(BLOCK + text.length * 3);
    const end = BLOCK + this.#inner.write(text, BLOCK);
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'hex'), BLOCK, 'hex');
    // The text is personal: it does not stay behind.
    this.#inner.fill(0, BLOCK, end);
    const digest = hash('sha256', this.#outer, 'hex');
    return Buffer.from(digest.slice(0, TOKEN_BYTES * 2), 'hex').toString('base64url');
  }

  wipe(): void {
    this.#inner.fill(0);
    this.#outer.fill(0);
  }

  #makeRoom(bytes: number): void {
    if (this.#inner.length >= bytes) return;
    const larger = Buffer.alloc(bytes);
    this.#inner.copy(larger, 0, 0, BLOCK);
    this.#inner.fill(0);
    this.#inner = larger;
  }
}
