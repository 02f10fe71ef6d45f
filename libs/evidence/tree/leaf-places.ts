import { START, type Position } from '#kernel';

import type { TreeStore } from '../port.js';

/** After which position the event of a leaf is read; undefined where the tree has not so many leaves. */
export async function positionBefore(
  tree: Pick<TreeStore, 'leaves'>,
  index: number,
): Promise<Position | undefined> {
  return index === 0 ? START : (await tree.leaves(index - 1, 1))[0]?.position;
}
