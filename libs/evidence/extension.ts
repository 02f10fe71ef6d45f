import { TreeMoved, type LeafEntry, type TreeExtension } from './port.js';

/**
 * Whether what stands in the tree from `from` on is the extension itself, done before.
 * @param standing the leaves there, no more than the extension has
 */
function isDone({ leaves }: TreeExtension, standing: readonly LeafEntry[]): boolean {
  return (
    standing.length === leaves.length &&
    leaves.every(({ id, position }, at) => {
      const other = standing[at];
      return other?.id === id && other.position === position;
    })
  );
}

/**
 * Looks, where the tree has another size than an extension begins at, that this extension has led there.
 * @param read the leaves from `from` on
 * @throws TreeMoved
 */
export function assertDone(
  extension: TreeExtension,
  size: number,
  standing: readonly LeafEntry[],
): void {
  const { from, leaves } = extension;
  if (size === from + leaves.length && isDone(extension, standing)) return;
  throw new TreeMoved('the tree has another size');
}

/** @throws TreeMoved where a higher epoch was seen */
export function assertEpoch(epoch: number, seen: number): void {
  if (epoch < seen) throw new TreeMoved('another process has the lease');
}
