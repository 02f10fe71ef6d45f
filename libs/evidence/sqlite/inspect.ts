import type { LedgerId } from '#kernel';
import { ledgerIdOf, readUntouched } from '#sqlite-file';

import type { InspectedTree } from '../inspection.js';
import { MOST_LEAVES } from '../port.js';
import { TREE_FORMAT } from './schema.js';
import { positionOf } from './leaf-tiles.js';
import { TreeReader } from './tree-rows.js';

/**
 * Looks at a tree in a file, which others may have open, and touches nothing.
 * @param work done again where somebody opens the file meanwhile
 * @returns undefined where there is no tree
 * @throws IntegrityError, Outage as `readUntouched` of #sqlite-file
 */
export function inspectSqliteTree<T>(
  file: string,
  work: (tree: InspectedTree) => Promise<T>,
): Promise<T | undefined> {
  return readUntouched(file, TREE_FORMAT, (db) => {
    const reader = new TreeReader(db);
    return work({
      ledgerId: async () => ledgerIdOf(db) as LedgerId | undefined,
      state: async () => {
        const { size, position } = reader.tree();
        return { size, position: positionOf(position) };
      },
      tiles: async (wanted) => wanted.map((tile) => reader.tile(tile)),
      leaves: async (from, limit) => reader.leaves(from, Math.min(limit, MOST_LEAVES)),
      checkpoint: async () => reader.tree().checkpoint ?? undefined,
    });
  });
}
