import { randomBytes } from 'node:crypto';

import {
  IntegrityError,
  randomId,
  type Clock,
  type EventId,
  type Instant,
  type KeyId,
  type KeyRef,
  type SubjectId,
} from '#kernel';

import { keyFingerprint } from '../fingerprints.js';
import type {
  DestroyedKey,
  KeyState,
  KeyStatus,
  KeyWanted,
  Provisioned,
  ScopeRef,
  Vault,
} from '../port.js';
import { KEY_BYTES } from '../sealing.js';

interface Row {
  readonly ref: KeyRef;
  readonly fingerprint: string;
  readonly createdAt: Instant;
  /** Undefined once destroyed. */
  dek: Buffer | undefined;
  fencedBy: EventId | undefined;
  destroyed: DestroyedKey | undefined;
}

/** A vault for tests: nothing survives the process, and nothing is wrapped. */
export class MemoryKeys implements Vault {
  readonly #rows = new Map<KeyId, Row>();
  readonly #byCoordinates = new Map<string, Row>();
  readonly #fences = new Map<string, EventId>();
  readonly #tombstones: DestroyedKey[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly claimed: () => boolean,
  ) {}

  async provision(wanted: readonly KeyWanted[]): Promise<readonly Provisioned[]> {
    if (!this.claimed()) throw new IntegrityError('vault-unclaimed', 'the vault has no KEK yet');
    return wanted.map((one) => this.#provision(one));
  }

  async unwrap(keys: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyState>> {
    return new Map(
      keys.map((key) => {
        const row = this.#rows.get(key);
        return [key, row === undefined ? { state: 'missing' } : stateOf(row)];
      }),
    );
  }

  async states(keys: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyStatus['state']>> {
    const rows = keys.flatMap((key) => this.#rows.get(key) ?? []);
    return new Map(rows.map((row) => [row.ref.key, statusOf(row).state]));
  }

  async fence(subject: SubjectId, scopes: readonly ScopeRef[], by: EventId): Promise<void> {
    for (const scope of scopes) {
      const coordinates = coordinatesOf({ subject, ...scope });
      const row = this.#byCoordinates.get(coordinates);
      if (!this.#fences.has(coordinates)) this.#fences.set(coordinates, by);
      if (row?.dek !== undefined) row.fencedBy ??= by;
    }
  }

  async destroy(
    keys: readonly KeyId[],
    by: EventId,
    at: Instant,
  ): Promise<readonly DestroyedKey[]> {
    return keys.flatMap((key) => {
      const row = this.#rows.get(key);
      return row === undefined ? [] : [this.#destroy(row, by, at)];
    });
  }

  async status(subject: SubjectId): Promise<readonly KeyStatus[]> {
    return [...this.#rows.values()].filter((row) => row.ref.subject === subject).map(statusOf);
  }

  async tombstones(
    after: string,
    limit: number,
  ): Promise<{ readonly keys: readonly DestroyedKey[]; readonly next: string }> {
    const from = Number(after);
    const keys = this.#tombstones.slice(from, from + limit);
    return { keys, next: keys.length === 0 ? after : String(from + keys.length) };
  }

  #provision(wanted: KeyWanted): Provisioned {
    const coordinates = coordinatesOf(wanted);
    const found = this.#byCoordinates.get(coordinates);
    if (found !== undefined) return stateOf(found);
    const fence = this.#fences.get(coordinates);
    if (fence !== undefined) return { state: 'fenced', ref: undefined, by: fence };
    const { subject, category, scope } = wanted;
    const dek = randomBytes(KEY_BYTES);
    const row: Row = {
      ref: { subject, category, scope, key: randomId() },
      fingerprint: keyFingerprint(dek),
      createdAt: this.clock.now(),
      dek,
      fencedBy: undefined,
      destroyed: undefined,
    };
    this.#rows.set(row.ref.key, row);
    this.#byCoordinates.set(coordinates, row);
    return stateOf(row);
  }

  #destroy(row: Row, by: EventId, at: Instant): DestroyedKey {
    if (row.destroyed === undefined) {
      row.dek?.fill(0);
      row.dek = undefined;
      row.destroyed = { ref: row.ref, fingerprint: row.fingerprint, at, by };
      this.#tombstones.push(row.destroyed);
    }
    return row.destroyed;
  }
}

function stateOf(row: Row): Exclude<KeyState, { readonly state: 'missing' }> {
  const { ref, fingerprint, dek, fencedBy, destroyed } = row;
  if (destroyed !== undefined || dek === undefined) {
    if (destroyed === undefined) throw new IntegrityError('key-refused', 'a live key has no bytes');
    return { state: 'destroyed', ...destroyed };
  }
  if (fencedBy !== undefined) return { state: 'fenced', ref, by: fencedBy };
  return { state: 'live', ref, fingerprint, dek: Buffer.from(dek) };
}

function statusOf({ ref, fingerprint, createdAt, fencedBy, destroyed }: Row): KeyStatus {
  if (destroyed !== undefined) {
    const { at, by } = destroyed;
    return { ref, state: 'destroyed', fingerprint, createdAt, destroyedAt: at, by };
  }
  if (fencedBy !== undefined) return { ref, state: 'fenced', fingerprint, createdAt, by: fencedBy };
  return { ref, state: 'live', fingerprint, createdAt };
}

function coordinatesOf({ subject, category, scope }: KeyWanted): string {
  return `${subject}:${category}:${scope}`;
}
