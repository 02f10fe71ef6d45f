import type { CommandId, EventId, Source } from '#kernel';

/** Roles of bearer tokens. */
export const ROLES = ['admin', 'staff', 'officer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks, why, and from where the facts come. */
export interface EdgeCaller {
  /** Id of the API token. */
  readonly account: string;
  readonly role: Role;
  /** Code of a purpose of the register definition; empty where the route needs none. */
  readonly purpose: string;
  readonly source: Source;
}

/** A caller who changes something. */
export interface EdgeAsking extends EdgeCaller {
  /** The Idempotency-Key: a UUID in lower case. */
  readonly key: string;
  /** The revision that the caller has seen (If-Match). */
  readonly ifRevision?: number;
  readonly causation?: EventId;
  readonly correlation?: CommandId;
}

/** What the edge asks of the ledger behind it. Given by the application. */
export abstract class EdgePorts {
  /** The account of a bearer token; undefined for one that is unknown or revoked. */
  abstract verify(token: string): Promise<{ readonly id: string; readonly role: Role } | undefined>;
  /** Whether the register definition has a purpose of this code. */
  abstract hasPurpose(code: string): boolean;
  /** What requests have to wait for; undefined when the ledger is ready. */
  abstract waitingFor(): string | undefined;
  /** Whether checkpoint and hash tiles are for everybody. */
  abstract isEvidencePublic(): boolean;
  /** Told of a defect: never with its message, which might quote what was asked. */
  abstract onDefect(error: unknown): void;
}

/** How queries see their own writes, and commands their effects. Given by the application. */
export abstract class Freshness {
  /**
   * Waits until a view has folded all events up to a position; undefined asks for nothing.
   * @throws Problem `view-behind` where it takes too long, `position-unknown` for one to come
   */
  abstract seen(view: string, after: string | undefined): Promise<void>;
  /** Waits until all views are past a position. Gives false where it takes too long. */
  abstract forgotten(position: string): Promise<boolean>;
  /** Asks again and again until the answer is yes; false where it takes too long. */
  abstract until(isSo: () => Promise<boolean>): Promise<boolean>;
  /** Something may have become due: look at once. */
  abstract nudge(): void;
}
