import { createHash, randomBytes, randomUUID } from 'node:crypto';

import type { Clock } from '#kernel';
import type { Credential, Credentials } from '#vault';

/** Roles of API tokens. */
export const ROLES = ['admin', 'staff', 'officer', 'auditor'] as const;
export type Role = Credential['role'];

/** A token that was just made: the only time that it is seen. */
export interface MadeToken {
  readonly id: string;
  /** `pl_` and 32 random bytes, base64url. */
  readonly token: string;
}

const PREFIX = 'pl_';

/** API tokens: bearers of a role. Only their hashes are kept. */
export class Tokens {
  constructor(
    private readonly credentials: Credentials,
    private readonly clock: Clock,
  ) {}

  /** Makes a token. @param label what it is for, for people who manage tokens; names no person */
  async create(role: Role, label: string): Promise<MadeToken> {
    const token = PREFIX + randomBytes(32).toString('base64url');
    const id = randomUUID();
    const createdAt = this.clock.now();
    await this.credentials.add({ id, hash: hashOf(token), label, role, createdAt });
    return { id, token };
  }

  /** The credential of a token; undefined for one that is unknown or revoked. */
  async verify(token: string): Promise<Credential | undefined> {
    if (!token.startsWith(PREFIX)) return undefined;
    const found = await this.credentials.byHash(hashOf(token));
    return found?.revokedAt === undefined ? found : undefined;
  }

  /** All tokens, revoked ones too. */
  async list(): Promise<readonly Credential[]> {
    return this.credentials.list();
  }

  /** Ends a token at once. Gives false where there is none of that id. */
  async revoke(id: string): Promise<boolean> {
    return this.credentials.revoke(id, this.clock.now());
  }
}

/** A token has 256 random bits: a plain hash tells nothing of it. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
