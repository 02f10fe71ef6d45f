import { randomBytes } from 'node:crypto';

import { IntegrityError, plusMillis, type Clock, type Instant, type KeyId } from '#kernel';

import {
  type Credential,
  type Credentials,
  type Lease,
  type Leases,
  type Living,
  type Notes,
  Overtaken,
  type Presence,
  type Reservations,
  type SecretStore,
} from '../port.js';
import { KEY_BYTES } from '../sealing.js';

export class MemorySecrets implements SecretStore {
  readonly #secrets = new Map<string, Buffer>();

  async secret(name: string): Promise<Buffer> {
    const found = this.#secrets.get(name) ?? randomBytes(KEY_BYTES);
    this.#secrets.set(name, found);
    return Buffer.from(found);
  }

  async destroySecret(name: string): Promise<void> {
    this.#secrets.get(name)?.fill(0);
    this.#secrets.delete(name);
  }
}

export class MemoryReservations implements Reservations {
  readonly #held = new Map<string, { readonly stream: string; readonly key: KeyId }>();

  async reserve(hash: string, stream: string, key: KeyId): Promise<string> {
    const held = this.#held.get(hash);
    if (held !== undefined) return held.stream;
    this.#held.set(hash, { stream, key });
    return stream;
  }

  async release(hash: string, stream: string): Promise<void> {
    if (this.#held.get(hash)?.stream === stream) this.#held.delete(hash);
  }

  async releaseByKeys(keys: readonly KeyId[]): Promise<void> {
    for (const [hash, { key }] of this.#held) if (keys.includes(key)) this.#held.delete(hash);
  }

  async holder(hash: string): Promise<string | undefined> {
    return this.#held.get(hash)?.stream;
  }
}

export class MemoryLeases implements Leases {
  readonly #leases = new Map<string, Lease>();

  constructor(private readonly clock: Clock) {}

  async acquire(name: string, holder: string, ttlMillis: number): Promise<Lease | undefined> {
    const now = this.clock.now();
    const held = this.#leases.get(name);
    const renews = held?.holder === holder;
    if (held !== undefined && !renews && held.expiresAt > now) return undefined;
    const epoch = renews ? held.epoch : (held?.epoch ?? 0) + 1;
    const lease = { name, epoch, holder, expiresAt: plusMillis(now, ttlMillis) };
    this.#leases.set(name, lease);
    return lease;
  }

  async release(name: string, holder: string): Promise<void> {
    const held = this.#leases.get(name);
    if (held?.holder !== holder) return;
    this.#leases.set(name, { ...held, expiresAt: this.clock.now() });
  }

  async list(): Promise<readonly Lease[]> {
    const now = this.clock.now();
    return [...this.#leases.values()]
      .filter((lease) => lease.expiresAt > now)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

export class MemoryPresence implements Presence {
  readonly #living = new Map<string, Living>();

  constructor(private readonly clock: Clock) {}

  async beat(process: string, what: string, cacheMillis: number): Promise<void> {
    const until = plusMillis(this.clock.now(), cacheMillis);
    this.#living.set(process, { process, what, until });
  }

  async leave(process: string): Promise<void> {
    this.#living.delete(process);
  }

  async others(process: string): Promise<readonly Living[]> {
    const now = this.clock.now();
    return [...this.#living.values()].filter(
      (living) => living.process !== process && living.until > now,
    );
  }
}

export class MemoryCredentials implements Credentials {
  readonly #credentials = new Map<string, Credential>();

  async add(credential: Credential): Promise<void> {
    const known =
      this.#credentials.has(credential.id) || (await this.byHash(credential.hash)) !== undefined;
    if (known) throw new IntegrityError('credential-exists', 'a token was added before');
    this.#credentials.set(credential.id, credential);
  }

  async byHash(hash: string): Promise<Credential | undefined> {
    return [...this.#credentials.values()].find((credential) => credential.hash === hash);
  }

  async list(): Promise<readonly Credential[]> {
    return [...this.#credentials.values()];
  }

  async revoke(id: string, at: Instant): Promise<boolean> {
    const credential = this.#credentials.get(id);
    if (credential?.revokedAt !== undefined || credential === undefined) return false;
    this.#credentials.set(id, { ...credential, revokedAt: at });
    return true;
  }
}

export class MemoryNotes implements Notes {
  readonly #notes = new Map<string, { readonly value: string; readonly epoch: number }>();

  async note(name: string): Promise<string | undefined> {
    return this.#notes.get(name)?.value;
  }

  async setNote(name: string, value: string, epoch?: number): Promise<void> {
    const before = this.#notes.get(name)?.epoch ?? 0;
    if (epoch !== undefined && epoch < before) throw new Overtaken();
    this.#notes.set(name, { value, epoch: Math.max(epoch ?? 0, before) });
  }
}
