import type { InspectedLog, StreamPlace } from '#event-log';
import type { Position } from '#kernel';

import type { InspectedTree } from '../inspection.js';
import type { TreeState } from '../port.js';
import type { NoteKey, TreeHead } from '../verifier/index.js';
import type { Examined } from './examined.js';
import type { Scanned } from './scan.js';
import type { Fault } from './verdicts.js';
import type { Quorum } from './witnessed.js';

/** Opens something for a look; gives nothing where it is not there. */
export type Looking<Store> = <T>(work: (store: Store) => Promise<T>) => Promise<T | undefined>;

/** What an audit is made of. */
export interface AuditSources {
  /** The ledger's, whose word counts. */
  readonly key: NoteKey;
  readonly log: Looking<InspectedLog>;
  /** The stored tree; undefined where it is not to be looked for. */
  readonly tree: Looking<InspectedTree> | undefined;
  /** The newest head in the anchor; asked before the log. */
  readonly anchored: () => Promise<TreeHead | undefined>;
  /** A checkpoint that the auditor kept, a signed note. */
  readonly kept: string | undefined;
  readonly hasVault: boolean;
  readonly quorum: Quorum;
  /** After which age what is not signed is too old. */
  readonly patienceMillis: number;
  /** Now; undefined for a copy, whose time is that of its newest event. */
  readonly nowMillis: number | undefined;
  /**
   * Scans the log up to a position, in its order; and finds what streams have alone, where so many events
   * have been given and none is hidden, or where that is not known.
   */
  readonly scan: (until: Position, sizeHint: number) => AsyncIterable<Scanned>;
  readonly strays: (until: Position, given?: number) => Promise<readonly StreamPlace[]>;
}

/** What was read of the stored tree before the log was. */
export interface StoredTree {
  readonly state: TreeState;
  readonly note: string | undefined;
}

/** What was read, and is to be judged. */
export interface Judged extends Pick<
  AuditSources,
  'log' | 'tree' | 'patienceMillis' | 'nowMillis'
> {
  /** The log's keys, by the word of the one that is trusted. */
  readonly keys: readonly NoteKey[];
  readonly examined: Examined;
  readonly stored: StoredTree | undefined;
  /** Position of the last event that counts. */
  readonly until: Position;
  readonly strays: readonly StreamPlace[];
  readonly faults: readonly Fault[];
}
