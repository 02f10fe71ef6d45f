import { randomBytes } from 'node:crypto';

import type { SearchSecrets } from '../tokens.js';

/** Search secrets in memory, which can be looked at. */
export class MemorySecrets implements SearchSecrets {
  readonly kept = new Map<string, Buffer>();
  readonly destroyed: string[] = [];

  async secret(name: string): Promise<Uint8Array> {
    const secret = this.kept.get(name) ?? randomBytes(32);
    this.kept.set(name, secret);
    return Buffer.from(secret);
  }

  async destroySecret(name: string): Promise<void> {
    this.kept.delete(name);
    this.destroyed.push(name);
  }
}
