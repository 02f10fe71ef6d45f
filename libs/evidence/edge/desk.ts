import type { EventId } from '#kernel';

import type { ReceiptFound, TilePath } from '../index.js';

/** How the ledger's evidence stands. */
export interface EvidenceStatus {
  /** Name under which the ledger signs. */
  readonly origin: string;
  /** The key that verifies its checkpoints (c2sp.org/signed-note). */
  readonly vkey: string;
  /** Number of leaves, signed or not. */
  readonly size: number;
  readonly checkpoint: {
    readonly size: number;
    /** 32 bytes, base64url. */
    readonly root: string;
    readonly at: string;
    readonly ageMillis: number;
  } | null;
  /** Who is to cosign its checkpoints, and what each has cosigned last. */
  readonly witnesses: readonly {
    readonly name: string;
    /** Leaves of the checkpoint; null where it has cosigned none. */
    readonly size: number | null;
    readonly at: string | null;
    readonly ageMillis: number | null;
  }[];
  /** How many cosignatures a checkpoint should have, and whether the newest has them. */
  readonly quorum: { readonly wanted: number; readonly isMet: boolean };
  /** Who stamps its checkpoints, and which it has stamped last; null where nobody does or has. */
  readonly timestamp: {
    /** Its address without credentials. */
    readonly authority: string;
    /** Leaves of the checkpoint; null where it has stamped none. */
    readonly size: number | null;
    /** When, as the authority says. */
    readonly at: string | null;
    readonly ageMillis: number | null;
    /** Whether its certificate was seen to lead to a trust anchor of the settings. */
    readonly chain: 'checked' | 'unchecked' | null;
  } | null;
  /** Where and why nothing is signed any more; null as long as all is well. */
  readonly halted: string | null;
}

/** Evidence as the ledger has it. Given by the application. */
export abstract class EvidenceDesk {
  abstract status(): Promise<EvidenceStatus>;
  /** The newest signed checkpoint. */
  abstract checkpoint(): Promise<string | undefined>;
  /** Hashes of a tile, or entries; undefined where there are not so many. */
  abstract tile(path: TilePath): Promise<Buffer | undefined>;
  /** @param wait whether a checkpoint that covers the event is asked for and waited for */
  abstract receipt(event: EventId, wait: boolean): Promise<ReceiptFound>;
  /** A checkpoint over all that has happened; undefined where it does not come in time. */
  abstract signNow(): Promise<string | undefined>;
}
