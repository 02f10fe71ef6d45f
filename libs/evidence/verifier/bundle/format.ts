import type { Bytes } from '../bytes.js';
import type { Announcement } from '../key-chain.js';
import type { StoredBytes } from '../leaf.js';

/** First member of every bundle's header. */
export const BUNDLE_VERSION = 'privacy-ledger/bundle/v1';

/** Files of a bundle (docs/format.md, "Bundle"). */
export const BUNDLE_FILES = {
  /** What the bundle is, and hashes of its other files. */
  header: 'bundle.json',
  /** The ledger's signature of the header, a signed note. */
  statement: 'bundle.note',
  /** The checkpoint that all proofs lead to, a signed note. */
  checkpoint: 'checkpoint',
  /** An event a line. */
  events: 'events.jsonl',
  /** State of a key a line. */
  keys: 'keys.jsonl',
  /** Of a whole ledger, the signed hashes of all leaves one after another. */
  leaves: 'leaves',
} as const;

/** Which part of the ledger a bundle has. */
export type BundleScope =
  /** Everything that the checkpoint covers. */
  | { readonly kind: 'ledger' }
  /** The stream of one customer. */
  | {
      readonly kind: 'customer';
      readonly stream: string;
      /** Revision of its last event. */
      readonly head: number;
      /** Events of other streams that seal something of the same person. */
      readonly elsewhere: Elsewhere;
    }
  /** From the first to the last event that was recorded in a period, with all that lies between. */
  | {
      readonly kind: 'period';
      readonly from: string;
      readonly to: string;
      /** Index of the first leaf. */
      readonly first: number;
      /** Index of the leaf after the last. */
      readonly end: number;
    };

/** What of a customer stands in other streams, and is not in the bundle. */
export interface Elsewhere {
  readonly count: number;
  /** The first of them. */
  readonly places: readonly { readonly id: string; readonly index: number }[];
}

/** What a bundle says of itself. */
export interface BundleHeader {
  readonly ledger: string;
  /** Name under which the ledger signs. */
  readonly origin: string;
  /** Keys of the ledger, the newest first (c2sp.org/signed-note). */
  readonly vkeys: readonly string[];
  /** Checkpoints in which one key of the ledger announces another. */
  readonly announcements: readonly Announcement[];
  /** Keys of witnesses whose cosignatures the checkpoint may carry. */
  readonly witnesses: readonly string[];
  /** How many of them the ledger's policy asks for. */
  readonly quorum: number;
  readonly scope: BundleScope;
  readonly madeAt: string;
  /** How often a checkpoint is made while there is something to sign. */
  readonly checkpointMillis: number;
  /** Size and root (base64) of the checkpoint. */
  readonly size: number;
  readonly root: string;
  /** Number of lines with an event. */
  readonly events: number;
  /** Shows that a smaller tree, whose checkpoint somebody kept, is the beginning of this one. */
  readonly consistency: { readonly size: number; readonly proof: readonly Bytes[] } | undefined;
  readonly files: readonly BundleFile[];
}

/** A file that the header vouches for. */
export interface BundleFile {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

/** An event as a line has it. */
export interface EventLine extends StoredBytes {
  readonly kind: 'event';
  /** How many leaves stand before it: its own index, where it has a leaf. */
  readonly index: number;
  /** Index of the leaf that the tree has for its id, where that is another. */
  readonly was: number | undefined;
  /** The tree has no leaf that is this event's, altered or not. */
  readonly isUnknown: boolean;
  /** The text that its leaf is over. */
  readonly preimage: string;
  /** What proves it; in a bundle of a whole ledger, and where the tree knows of no such event, none. */
  readonly slot: Slot | undefined;
  /** It is there because it ends a key, and is no part of what was asked for. */
  readonly isEnding: boolean;
  /** Its own stream does not give it back. */
  readonly isHidden: boolean;
}

/** What was signed at a place of the tree. */
export interface Slot {
  /** Hash of the leaf that the tree has for the event: at `was`, or else at the line's index. */
  readonly leaf: Bytes;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Bytes[];
}

/** A leaf without an event: something was signed there and is gone. */
export interface MissingLine {
  readonly kind: 'missing';
  readonly index: number;
  /** Which event the tree says that it was. */
  readonly id: string;
  readonly slot: Slot | undefined;
}

/** What the vault says of a key; the ledger's own word. */
export interface KeyLine {
  readonly key: string;
  readonly state: 'live' | 'fenced' | 'destroyed' | 'missing';
  /** The event by which it is fenced or was destroyed. */
  readonly by: string | undefined;
}

/** The text of the note by which the ledger signs a header. @param sha256 of it, hexadecimal */
export function statementText(sha256: string): string {
  return `${BUNDLE_VERSION}\nbundle.json sha256 ${sha256}\n`;
}
