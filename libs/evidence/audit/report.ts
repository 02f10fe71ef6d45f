import type { MetadataChange } from '#event-log';

import type { Standing } from './heads.js';
import type { Envelopes } from './key-verdicts.js';
import type { Fault, HeadSource, Totals, Verdict } from './verdicts.js';
import type { Witnessed } from './witnessed.js';

/** Most places that are named of each verdict. */
export const MOST_PLACES = 100;

/** An event that is not as it should be. What is not known of it is left out. */
export interface Place {
  readonly verdict: Verdict;
  /** Index in the log as it is, from 0. */
  readonly at?: number;
  /** Index in the tree that was signed. */
  readonly was?: number;
  readonly id?: string;
  readonly stream?: string;
  readonly revision?: number;
  readonly type?: string;
  readonly position?: string;
  /**
   * `hidden`: it is in the log, and its own stream does not give it back; `stream-only`: its stream
   * alone has it; `unsigned-tree`: the stored tree alone knows of it, and that was not signed yet.
   */
  readonly why?: 'hidden' | 'stream-only' | 'unsigned-tree';
}

/** How the log stands to a head that it was held to. */
export interface HeldTo {
  readonly source: HeadSource;
  readonly size: number;
  /** 32 bytes, base64url. */
  readonly root: string;
  readonly standing: Standing;
  /** Where it does not agree: whether places were found that explain it. */
  readonly isExplained: boolean;
}

/** What an audit has found. */
export interface AuditReport {
  /** Events of the log that were read. */
  readonly events: number;
  readonly totals: Totals;
  readonly envelopes: Envelopes;
  readonly faults: readonly Fault[];
  readonly heads: readonly HeldTo[];
  /** The first of each verdict but INTACT, in the order of the log. */
  readonly places: readonly Place[];
  readonly tiles: {
    /** `compared` with the log, or as far as a signature confirms them; `none` are there. */
    readonly state: 'compared' | 'unconfirmed' | 'none';
    /** Paths of those that are damaged, the first hundred. */
    readonly damaged: readonly string[];
    readonly damagedCount: number;
  };
  readonly unsigned: {
    readonly count: number;
    /** Age of the oldest that is no evidence itself; undefined where there is none. */
    readonly oldestMillis: number | undefined;
  };
  /** Where a root differs and no place explains it: what of the log is good all the same. */
  readonly agreesTo: number | undefined;
  /** The smallest of the log's checkpoints that it disagrees with then. */
  readonly differsBy: number | undefined;
  readonly metadataChanges: readonly MetadataChange[];
  readonly metadataChangeCount: number;
  /** What witnesses have cosigned; undefined where no policy asks for any. */
  readonly witnessed:
    | {
        readonly wanted: number;
        /** How many witnesses the policy knows. */
        readonly of: number;
        /** Undefined where there is no checkpoint that so many have cosigned. */
        readonly newest: Witnessed | undefined;
      }
    | undefined;
  /** Whether a vault was asked for keys. */
  readonly hasVault: boolean;
}
