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

import type { Credential } from './port.js';
import type { KekStatus } from './rotation.js';

/** A KEK as the vault names it; the key itself is elsewhere. */
export interface CopiedKek extends Omit<KekStatus, 'state' | 'liveRows' | 'overdue'> {
  readonly state: 'current' | 'retiring' | 'retired';
}

/** A key's row. Destroyed, it has neither KEK nor wrapped key any more: it is the tombstone. */
export interface CopiedKey {
  readonly ref: KeyRef;
  /** 32 bytes. */
  readonly fingerprint: Uint8Array;
  readonly createdAt: Instant;
  readonly is:
    | { readonly state: 'live'; readonly kek: KekId; readonly wrapped: Uint8Array }
    | {
        readonly state: 'fenced';
        readonly kek: KekId;
        readonly wrapped: Uint8Array;
        readonly by: EventId;
      }
    | {
        readonly state: 'destroyed';
        readonly by: EventId;
        readonly at: Instant;
        /** Its number in the order of destructions, from 1. */
        readonly grave: number;
      };
}

/** A scope in which no key is made any more. */
export interface CopiedFence {
  readonly subject: SubjectId;
  readonly category: Category;
  readonly scope: Scope;
  readonly by: EventId;
}

/** A secret of the ledger's own, wrapped. */
export interface CopiedSecret {
  readonly name: string;
  readonly kek: KekId;
  readonly wrapped: Uint8Array;
}

/** A value that must be unique, as a keyed hash. */
export interface CopiedReservation {
  readonly hash: string;
  readonly stream: string;
  readonly key: KeyId;
}

/** Some rows of one table. */
export type CopiedRows =
  | { readonly table: 'keys'; readonly rows: readonly CopiedKey[] }
  | { readonly table: 'fences'; readonly rows: readonly CopiedFence[] }
  | { readonly table: 'secrets'; readonly rows: readonly CopiedSecret[] }
  | { readonly table: 'reservations'; readonly rows: readonly CopiedReservation[] }
  | { readonly table: 'credentials'; readonly rows: readonly Credential[] };

export type CopiedTable = CopiedRows['table'];

/** Keys come first: where a fence has a key, the key's row says so already. */
export const COPIED_TABLES = [
  'keys',
  'fences',
  'secrets',
  'reservations',
  'credentials',
] as const satisfies readonly CopiedTable[];

/** A page of a table; `next` goes on after it, undefined where the table ends with it. */
export type CopiedPage = CopiedRows & { readonly next: string | undefined };

/**
 * Takes a vault to another one, whatever their engines. Nothing is unwrapped, so no KEK is needed: what
 * wrapped keys are bound to (ledger, key, KEK) is the same there. Leases and presence are of processes,
 * notes of how far something has come in these very stores: they stay.
 *
 * For vaults that nobody else writes to meanwhile.
 */
export interface VaultCopying {
  /** The KEKs that the vault names, oldest first. */
  keks(): Promise<readonly CopiedKek[]>;

  /** Rows of a table after an opaque cursor ('' to begin). */
  page(table: CopiedTable, after: string, limit: number): Promise<CopiedPage>;

  /**
   * Sets the ledger's id and names these KEKs, on a vault that has none. Repeating it changes nothing.
   * @throws IntegrityError `ledger-id-differs`
   */
  takeKeks(ledger: LedgerId, keks: readonly CopiedKek[]): Promise<void>;

  /**
   * Adds rows, durably; those that are there already stay as they are, so that a destroyed key never
   * comes back. A key row is refused, and the call fails, where the coordinates are another key's.
   */
  take(rows: CopiedRows): Promise<void>;
}
