import type { ReceiptState } from '../bundle/receipts.js';
import type { KeptState } from '../bundle/report.js';
import type { BundleCosignature, QuorumState } from '../bundle/cosignatures.js';
import type { BundleRefusal, SignatureState } from '../bundle/signatures.js';
import type { VerdictExit } from '../bundle/verdicts.js';
import type { ErasureCopy } from './format.js';

/** Why nothing was checked. `no-attachment`: a PDF without a copy in it that can be read. */
export type CopyRefusal =
  | 'no-copy'
  | 'no-attachment'
  | Extract<BundleRefusal, 'vkey-unreadable' | 'kept-unreadable' | 'witnesses-unreadable'>;

/**
 * What became of an event. `altered`: something else was signed in its place. `unproven`: neither it nor
 * what it is said to have been leads to the root.
 */
export type ProofState = 'proven' | 'altered' | 'unproven';

/** What a check of a copy has found. */
export interface CopyChecked {
  readonly exit: VerdictExit;
  readonly copy: ErasureCopy;
  /** The key that counted. */
  readonly vkey: string;
  /** Somebody has given it; else it is the one that the copy itself has. */
  readonly isKeyGiven: boolean;
  /** It was taken out of a PDF, whose pages nobody has signed. */
  readonly isAttachment: boolean;
  /** Of the copy. */
  readonly statement: SignatureState;
  /** Of the receipt itself: older than the copy, and part of the event. */
  readonly receipt: ReceiptState;
  /** The receipt as people read it is what the event says. */
  readonly isReceiptTold: boolean;
  /** Of the checkpoints. */
  readonly signature: SignatureState;
  readonly event: ProofState;
  /** Of the ends of keys of keys, how many are proven. */
  readonly retirements: { readonly proven: number; readonly all: number };
  readonly cosignatures: readonly BundleCosignature[];
  readonly quorum: QuorumState;
  readonly kept: KeptState | undefined;
}

/** What came of a check. */
export type CopyReport = CopyChecked | { readonly refused: CopyRefusal };

/** Whether nothing was checked. */
export function isCopyRefused(report: CopyReport): report is { readonly refused: CopyRefusal } {
  return 'refused' in report;
}
