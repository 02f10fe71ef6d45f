import type { Announcement } from '../key-chain.js';
import type { StoredBytes } from '../leaf.js';
import type { Receipt } from '../receipt.js';
import type { SignedCheckpoint } from '../checkpoint.js';

/** First member of every copy, and first line of what is signed of it. */
export const COPY_VERSION = 'privacy-ledger/erasure-copy/v1';

/** The event that ends a key of keys: no copy of a store from its time opens any more. */
export const KEY_RETIREMENT = 'KekRetired';

/**
 * Whether no copy opens any more. `awaited`: the day has not come. `confirmed`: events of the ledger say
 * that the keys are destroyed under which copies lay. `overdue`: the day has gone by without them.
 */
export const COPIES_STATES = ['awaited', 'confirmed', 'overdue'] as const;
export type CopiesState = (typeof COPIES_STATES)[number];

/** An event with all that a stranger needs to find it in the signed log. */
export interface ProvenEvent extends StoredBytes {
  /** The text that its leaf is over. */
  readonly preimage: string;
  /** Its c2sp.org/tlog-proof, with the checkpoint. */
  readonly proof: Receipt & { readonly head: SignedCheckpoint };
}

/** The receipt as people read it: what the event says, and which event it is. */
export type ReceiptTold = Readonly<Record<string, unknown>> & {
  readonly event: string;
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: string;
};

/** A person's copy of an erasure receipt (docs/format.md, "Copy of an erasure receipt"). */
export interface ErasureCopy {
  readonly ledger: string;
  /** Name under which the ledger signs. */
  readonly origin: string;
  /** The ledger's key (c2sp.org/signed-note). */
  readonly vkey: string;
  readonly announcements: readonly Announcement[];
  /** Keys of witnesses whose cosignatures the checkpoint may carry. */
  readonly witnesses: readonly string[];
  /** How many of them the ledger's policy asks for. */
  readonly quorum: number;
  readonly madeAt: string;
  readonly receipt: ReceiptTold;
  readonly erasure: ProvenEvent;
  readonly copies: {
    /** The day in Helsinki by whose end no copy opens. */
    readonly day: string;
    readonly state: CopiesState;
    /** Ends of the keys of keys under which copies lay. */
    readonly retirements: readonly ProvenEvent[];
  };
  /** The ledger's signature of all of the above, a signed note. */
  readonly note: string;
}

/** The text of the note by which the ledger signs a copy. @param sha256 of it, hexadecimal */
export function copyStatementText(sha256: string): string {
  return `${COPY_VERSION}\nerasure-copy sha256 ${sha256}\n`;
}
