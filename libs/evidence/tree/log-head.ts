import type { StoredEvents } from '#event-log';
import { START } from '#kernel';

import type { TreeHead } from '../verifier/index.js';
import { entryOf, leafOfEntry } from './hashing.js';
import { RightEdge } from './right-edge.js';

const PAGE = 2_000;

/** The tree over the whole log as it is now: reads all of it, and trusts nothing that was stored. */
export async function headOfLog(log: StoredEvents): Promise<TreeHead> {
  const edge = new RightEdge();
  for (let after = START; ;) {
    const page = await log.readStored(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return { size: edge.size, root: edge.root() };
    for (const event of page) edge.add(leafOfEntry(entryOf(event)));
    // Nobody keeps them: the edge is all that it takes.
    edge.takeTiles();
    after = last.position;
  }
}
