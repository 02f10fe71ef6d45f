import type { BundleHeader } from './format.js';
import type { ReceiptState } from './receipts.js';
import type { BundleCosignature, QuorumState } from './cosignatures.js';
import type { BundleRefusal, SignatureState } from './signatures.js';
import type { BundleVerdict, VerdictExit } from './verdicts.js';

/** One event, or a place where one ought to be. */
export interface EventVerdict {
  readonly verdict: BundleVerdict;
  /** Number of leaves before it; undefined where only its revision is known. */
  readonly index: number | undefined;
  /** Where it was signed, of one that is REORDERED. */
  readonly signedAt?: number;
  /** Of one that is UNSIGNED: it is no newer than the checkpoint; what should prove it does not. */
  readonly isUnproven?: boolean;
  readonly stream?: string;
  readonly revision?: number;
  readonly id?: string;
  readonly type?: string;
  readonly recordedAt?: string;
  /** It is no part of what was asked for: it is there because it ends a key. */
  readonly isEnding?: boolean;
}

/** How a checkpoint that somebody kept stands to the bundle's. */
export type KeptState =
  | 'agrees'
  | 'differs'
  /** The bundle's tree is smaller than the kept one. */
  | 'shorter'
  /** The bundle has nothing by which a tree of the kept one's size could be compared. */
  | 'not-comparable';

/** What a check has found. */
export interface BundleChecked {
  readonly exit: VerdictExit;
  readonly header: BundleHeader;
  /** The key that counted. */
  readonly vkey: string;
  /** Somebody has given it; else it is the one that the bundle itself has. */
  readonly isKeyGiven: boolean;
  readonly signature: SignatureState;
  readonly statement: SignatureState;
  readonly cosignatures: readonly BundleCosignature[];
  readonly quorum: QuorumState;
  readonly kept: KeptState | undefined;
  /** The events, and only they, are all that the checkpoint covers. */
  readonly isWhole: boolean;
  /** Every event of the stream up to the head that the ledger has signed, or of the stretch asked for. */
  readonly isComplete: boolean;
  /** The list of leaves is damaged; the events themselves give the root. */
  readonly areLeavesDamaged: boolean;
  /** Events and leaves give no root that was signed. */
  readonly isRootDifferent: boolean;
  /** Files that are not the ones the ledger has made. */
  readonly damaged: readonly string[];
  /** The ledger's word on keys is there. */
  readonly areKeysKnown: boolean;
  readonly isUnsignedTooLong: boolean;
  /** How many proofs lead to no root that was signed. */
  readonly unproven: number;
  readonly totals: Readonly<Record<BundleVerdict, number>>;
  readonly envelopes: Readonly<Record<'INTACT' | 'SHREDDED' | 'LOST', number>>;
  readonly receipts: Readonly<Record<ReceiptState, number>>;
  /** In the order of the log. */
  readonly events: readonly EventVerdict[];
}

/** What came of a check. */
export type BundleReport = BundleChecked | { readonly refused: BundleRefusal };

/** Whether nothing was checked. */
export function isRefused(report: BundleReport): report is { readonly refused: BundleRefusal } {
  return 'refused' in report;
}
