import { outOfOrder } from '../verifier/index.js';
import { ColumnIndex, type Column } from './column.js';

/** Leaves with the ids of their events, in their order. */
export interface Leaves {
  readonly leaves: Column;
  readonly ids: Column;
}

/** An event of the log, and the leaf that was signed for it. */
export interface Pair {
  /** Index in the log. */
  readonly at: number;
  /** Index in the signed tree. */
  readonly was: number;
}

/** How a log differs from the tree that was signed of it. */
export interface Differences {
  /** The same id, another leaf. */
  readonly altered: readonly Pair[];
  /** The same leaf elsewhere: as few as must be moved. */
  readonly reordered: readonly Pair[];
  /** Events of the log that the tree does not have, ascending. */
  readonly unknown: readonly number[];
  /** Leaves of the tree that no event of the log has, ascending. */
  readonly absent: readonly number[];
  /** Highest index in the log of an event that has a leaf below `signed`; -1 where none has. */
  readonly lastSigned: number;
}

const NONE = -1;

/**
 * Compares the events of a log with the leaves of a tree. An event is the leaf that is the same; of
 * those that are left it is the leaf with its id. What an event or a leaf is twice, it is once.
 * @param signed how many leaves of the tree were signed
 */
export function differencesOf(log: Leaves, tree: Leaves, signed: number): Differences {
  const [logSize, treeSize] = [log.leaves.size, tree.leaves.size];
  const start = sameFrom(log, tree);
  const end = sameTo(log, tree, start);
  const [logEnd, treeEnd] = [logSize - end, treeSize - end];
  const found = matched(log, tree, start, logEnd, treeEnd);
  const { wasOf, altered, isUsed } = found;
  const unknown: number[] = [];
  const moved = wasOf.slice();
  for (let at = start; at < logEnd; at += 1) {
    if (wasOf[at - start] === NONE) unknown.push(at);
  }
  for (const { at } of altered) moved[at - start] = NONE;
  const absent: number[] = [];
  for (let was = start; was < treeEnd; was += 1) if (isUsed[was - start] === 0) absent.push(was);
  return {
    altered,
    reordered: outOfOrder(moved).map((index) => ({
      at: start + index,
      was: wasOf[index] ?? NONE,
    })),
    unknown,
    absent,
    lastSigned: lastBelow(signed, { start, end, logSize, treeSize, wasOf }),
  };
}

/** How many leaves are the same at the beginning. */
function sameFrom(log: Leaves, tree: Leaves): number {
  const most = Math.min(log.leaves.size, tree.leaves.size);
  let start = 0;
  while (start < most && log.leaves.isSame(start, tree.leaves, start)) start += 1;
  return start;
}

/** How many are at the end. */
function sameTo(log: Leaves, tree: Leaves, start: number): number {
  const [logSize, treeSize] = [log.leaves.size, tree.leaves.size];
  const most = Math.min(logSize, treeSize) - start;
  let end = 0;
  while (end < most && log.leaves.isSame(logSize - 1 - end, tree.leaves, treeSize - 1 - end)) {
    end += 1;
  }
  return end;
}

function matched(log: Leaves, tree: Leaves, start: number, logEnd: number, treeEnd: number) {
  const wasOf = new Int32Array(logEnd - start).fill(NONE);
  const isUsed = new Uint8Array(treeEnd - start);
  const isFree = (was: number) => isUsed[was - start] === 0;
  const take = (at: number, was: number) => {
    wasOf[at - start] = was;
    isUsed[was - start] = 1;
  };
  const byLeaf = new ColumnIndex(tree.leaves, start, treeEnd);
  for (let at = start; at < logEnd; at += 1) {
    const was = byLeaf.find(log.leaves, at, isFree);
    if (was !== NONE) take(at, was);
  }
  const byId = new ColumnIndex(tree.ids, start, treeEnd);
  const altered: Pair[] = [];
  for (let at = start; at < logEnd; at += 1) {
    if (wasOf[at - start] !== NONE) continue;
    const was = byId.find(log.ids, at, isFree);
    if (was === NONE) continue;
    take(at, was);
    altered.push({ at, was });
  }
  return { wasOf, isUsed, altered };
}

function lastBelow(
  signed: number,
  parts: {
    readonly start: number;
    readonly end: number;
    readonly logSize: number;
    readonly treeSize: number;
    readonly wasOf: Int32Array;
  },
): number {
  const { start, end, logSize, treeSize, wasOf } = parts;
  const back = treeSize - end;
  if (end > 0 && signed > back) return logSize - end + Math.min(end, signed - back) - 1;
  const index = wasOf.findLastIndex((was) => was !== NONE && was < signed);
  return index >= 0 ? start + index : Math.min(start, signed) - 1;
}
