import { setImmediate as breathe } from 'node:timers/promises';

import type { EventLog } from '#event-log';
import { allPages } from '#event-log';
import type { Instant, Position } from '#kernel';
import { START } from '#kernel';

import type { TreeStore } from '../port.js';
import type { Figures } from './register-fold.js';
import { RegisterFold } from './register-fold.js';

/** The register's figures at an instant, and what of the log they were read from. */
export interface FiguresAt extends Figures {
  readonly at: Instant;
  /** Position up to which the log was read: what came after it may have been recorded before `at`. */
  readonly position: Position;
  /** Number of events up to there. */
  readonly read: number;
  /**
   * Leaves of the tree up to there; undefined where the tree has not come so far, or is not over the
   * events that were read.
   */
  readonly treeSize: number | undefined;
}

/** Events read, of about how many. */
export interface FiguresProgress {
  readonly read: number;
  readonly of: number;
}

/**
 * Folds the log, as it is now, up to an instant.
 * @param onProgress told after each page of events
 */
export async function figuresAt(
  stores: { readonly log: Pick<EventLog, 'readAll' | 'head'>; readonly tree: Trees },
  at: Instant,
  onProgress: (progress: FiguresProgress) => void = () => undefined,
): Promise<FiguresAt> {
  const until = await stores.log.head();
  const { size } = await stores.tree.state();
  const fold = new RegisterFold(at);
  let read = 0;
  for await (const page of allPages(stores.log, { after: START, until })) {
    for (const event of page) {
      if (event.position > until) break;
      fold.take(event);
      read += 1;
    }
    onProgress({ read, of: Math.max(read, size) });
    // Others are answered between two pages.
    await breathe();
  }
  const treeSize = await treeSizeAt(stores.tree, until, read);
  return { at, position: until, read, treeSize, ...(await fold.figures()) };
}

type Trees = Pick<TreeStore, 'state' | 'leaves'>;

/** Every event is a leaf, in log order: the last that was read is the leaf of that number. */
async function treeSizeAt(
  tree: Trees,
  position: Position,
  read: number,
): Promise<number | undefined> {
  if (read === 0) return 0;
  const { size } = await tree.state();
  const [leaf] = size < read ? [] : await tree.leaves(read - 1, 1);
  return leaf?.position === position ? read : undefined;
}
