import type {
  Category,
  EventId,
  Instant,
  KekId,
  KeyId,
  KeyRef,
  LedgerId,
  Scope,
  SubjectId,
} from '#kernel';

/** The coordinates of a key before it has an id. */
export interface KeyWanted {
  readonly subject: SubjectId;
  readonly category: Category;
  readonly scope: Scope;
}

/** One (category, scope) of a subject. */
export interface ScopeRef {
  readonly category: Category;
  readonly scope: Scope;
}

/** What a key's row says of it. `missing`: there is no row at all, which is never an erasure. */
export type KeyState =
  | LiveKey
  | { readonly state: 'fenced'; readonly ref: KeyRef; readonly by: EventId }
  | {
      readonly state: 'destroyed';
      readonly ref: KeyRef;
      readonly at: Instant;
      readonly by: EventId;
      readonly fingerprint: string;
    }
  | { readonly state: 'missing' };

export interface LiveKey {
  readonly state: 'live';
  readonly ref: KeyRef;
  /**
   * 32 bytes. From a {@link Vault}: fresh, and the caller zeroes it. From a cache: lent for one
   * synchronous call, zeroed when it leaves; copy nothing, keep nothing.
   */
  readonly dek: Buffer;
  /** SHA-256 of label and DEK, base64url: names the key in receipts without telling it. */
  readonly fingerprint: string;
}

/** What provisioning came to. A fenced or destroyed scope gives no key, now or ever. */
export type Provisioned =
  | Exclude<KeyState, { readonly state: 'missing' }>
  | { readonly state: 'fenced'; readonly ref: undefined; readonly by: EventId };

/** What stands in a receipt for each destroyed key. */
export interface DestroyedKey {
  readonly ref: KeyRef;
  readonly fingerprint: string;
  readonly at: Instant;
  readonly by: EventId;
}

/** A key as the vault lists it, without the key itself. */
export interface KeyStatus {
  readonly ref: KeyRef;
  readonly state: 'live' | 'fenced' | 'destroyed';
  readonly fingerprint: string;
  readonly createdAt: Instant;
  readonly destroyedAt?: Instant;
  readonly by?: EventId;
}

/** Tells whether keys are there, and gives none: for evidence, which has no KEK. */
export interface KeyStates {
  /**
   * What the row of each key says; keys without a row are left out, and what is no id of a key has
   * none. Nothing is unwrapped. Asks the store, never a cache.
   */
  states(keys: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyStatus['state']>>;
}

/**
 * Data-encryption keys (DEKs) by subject, category and scope, wrapped under a key-encryption key.
 *
 * Every method throws `Outage('vault', …)` where the store does not answer or cannot write, and
 * IntegrityError where a row does not unwrap: neither is ever the answer "destroyed".
 */
export interface Vault extends KeyStates {
  /**
   * The key of each coordinate, made on first asking; the second asker gets the first's key. Durable
   * when this resolves. Answers in the order asked.
   */
  provision(wanted: readonly KeyWanted[]): Promise<readonly Provisioned[]>;

  /** What is known of each key, an entry for every one asked. Asks the store, never a cache. */
  unwrap(keys: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyState>>;

  /**
   * From when this resolves, provisioning in these scopes and every unwrap of their keys is refused,
   * in every process; elsewhere than here {@link VaultStore.staleMillis} later, and a cache filled
   * before may still hold a key for as long as its limit. Scopes that have no key yet are fenced too.
   * Repeating it changes nothing.
   */
  fence(subject: SubjectId, scopes: readonly ScopeRef[], by: EventId): Promise<void>;

  /**
   * Destroys the wrapped keys: their bytes are in no file of the store when this resolves. The row
   * stays as a tombstone. Repeating it gives the first destruction. Keys without a row are left out
   * of the answer.
   */
  destroy(keys: readonly KeyId[], by: EventId, at: Instant): Promise<readonly DestroyedKey[]>;

  /** All keys of a subject, destroyed ones too. */
  status(subject: SubjectId): Promise<readonly KeyStatus[]>;

  /**
   * Destroyed keys in the order of their destruction, in pages, after an opaque cursor ('' to
   * begin). `next` continues after this page, also once more keys are destroyed; it equals `after`
   * where there are none.
   */
  tombstones(
    after: string,
    limit: number,
  ): Promise<{ readonly keys: readonly DestroyedKey[]; readonly next: string }>;
}

/** Named secrets of the ledger's own (import key, search keys), wrapped like DEKs. 32 bytes each. */
export interface SecretStore {
  /** The secret of a name, made on first asking; fresh, and the caller zeroes it. */
  secret(name: string): Promise<Buffer>;
  /** Destroys it for good; asking again makes another. */
  destroySecret(name: string): Promise<void>;
}

/** Values that must be unique, as keyed hashes; each names the stream that holds it. */
export interface Reservations {
  /**
   * Reserves a value for a stream; gives the stream that holds it (the caller's own, if it won).
   * @param key the key under which the value lies sealed: the value is free when that is destroyed
   */
  reserve(hash: string, stream: string, key: KeyId): Promise<string>;
  /** Frees a value, if that stream still holds it. */
  release(hash: string, stream: string): Promise<void>;
  /** Frees all values reserved under keys that were destroyed. */
  releaseByKeys(keys: readonly KeyId[]): Promise<void>;
  holder(hash: string): Promise<string | undefined>;
}

/** A lease that one process holds at a time. A later holder has a higher epoch. */
export interface Lease {
  readonly name: string;
  readonly epoch: number;
  readonly holder: string;
  readonly expiresAt: Instant;
}

/** Leases, with epochs that never fall. */
export interface Leases {
  /** Takes or renews a lease for `ttlMillis`; undefined while another living process holds it. */
  acquire(name: string, holder: string, ttlMillis: number): Promise<Lease | undefined>;
  /** Gives it up at once, so that another need not wait. */
  release(name: string, holder: string): Promise<void>;
  list(): Promise<readonly Lease[]>;
}

/** Processes that may hold keys in memory. */
export interface Presence {
  /** Says that a process lives and may hold keys for `cacheMillis` after this beat. */
  beat(process: string, what: string, cacheMillis: number): Promise<void>;
  leave(process: string): Promise<void>;
  /** Processes other than the named one whose caches may still be warm, with when they end. */
  others(process: string): Promise<readonly Living[]>;
}

/** A process that may hold keys in memory until the instant given. */
export interface Living {
  readonly process: string;
  /** What it is, for people: `server`, `import`. */
  readonly what: string;
  readonly until: Instant;
}

/** An API token as it is kept: never the token, only its hash. */
export interface Credential {
  readonly id: string;
  /** SHA-256 of the token, base64url. */
  readonly hash: string;
  readonly label: string;
  readonly role: 'admin' | 'staff' | 'officer' | 'auditor';
  readonly createdAt: Instant;
  readonly revokedAt?: Instant;
}

/** API tokens. */
export interface Credentials {
  /** @throws IntegrityError `credential-exists` for an id or a hash that was added before */
  add(credential: Credential): Promise<void>;
  byHash(hash: string): Promise<Credential | undefined>;
  list(): Promise<readonly Credential[]>;
  revoke(id: string, at: Instant): Promise<boolean>;
}

/** A note was written under a later epoch: another process has the lease. Nothing was written. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** Short notes of the ledger's own, by name: how far the restore gate has compared, and the like. */
export interface Notes {
  note(name: string): Promise<string | undefined>;

  /**
   * Writes a note over what it was.
   * @param epoch of the lease under which it is written, where there is one: a process that was frozen
   * while another took its lease then sets nothing back. Without it the note is written in any case,
   * and the epochs before still count.
   * @throws Overtaken where it was written under a higher epoch before
   */
  setNote(name: string, value: string, epoch?: number): Promise<void>;
}

/** Everything that one vault keeps, opened once per process. */
export interface VaultStore {
  readonly vault: Vault;
  readonly secrets: SecretStore;
  readonly reservations: Reservations;
  readonly leases: Leases;
  readonly presence: Presence;
  readonly credentials: Credentials;
  readonly notes: Notes;

  /**
   * How long after {@link Vault.fence} has resolved the store may still give a fenced key to a process
   * that asks for it, in milliseconds: 0 where all ask one file. Who waits for other processes to have
   * forgotten a key waits for this and for their cache limit.
   */
  readonly staleMillis: number;

  /** The ledger's id that the vault carries, if one was set. */
  ledgerId(): Promise<LedgerId | undefined>;

  /**
   * Sets the ledger's id and names the first KEK, once; repeating the same changes nothing. Until
   * then there are no keys: provisioning throws IntegrityError `vault-unclaimed`.
   * @throws IntegrityError `ledger-id-differs` where the vault is another ledger's
   */
  claim(ledger: LedgerId, kek: KekId): Promise<void>;

  close(): Promise<void>;
}
