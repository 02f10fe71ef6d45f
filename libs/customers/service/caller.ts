import type { CommandId, EventId, Source } from '#kernel';

/** Roles of those who use the ledger. */
export type Role = 'admin' | 'staff' | 'officer' | 'auditor';

/** Who asks, why, and from where the facts come. */
export interface Caller {
  /** Id of the account (of the API token, until there are accounts), or `ledger`. */
  readonly account: string;
  readonly role: Role;
  /** Code of a purpose of the register definition; checked at the edge. */
  readonly purpose: string;
  readonly source: Source;
}

/** One request that changes something. */
export interface Asking extends Caller {
  /** The Idempotency-Key: a UUID in lower case. */
  readonly key: string;
  /** The revision that the caller has seen (If-Match). */
  readonly ifRevision?: number;
  readonly causation?: EventId;
  readonly correlation?: CommandId;
}
