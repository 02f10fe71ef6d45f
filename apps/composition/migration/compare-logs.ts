import type { StoredEvents } from '#event-log';
import { entryOf, leafOfEntry, RightEdge } from '#evidence';
import type { TreeHead } from '#evidence';
import type { Position } from '#kernel';
import { IntegrityError, START } from '#kernel';
import type { SignedHead } from '#vault';

import { isSameEvent, StoredReader } from './stored-reader.js';

/** What two logs that are the same came to. */
export interface Compared {
  /** Over all that is in them, out of what the target gives back. */
  readonly head: TreeHead;
  /** Where in the target the last event stands that came at or before a position of the source. */
  readonly places: ReadonlyMap<Position, Position>;
}

/** Tiles that are whole are not needed: they are let go of so often. */
const LET_GO = 4_096;

/**
 * Reads both logs from their beginning, and holds them to each other and to what was signed.
 * @param heads claimed in the anchor, under the name that the ledger signs with now
 * @param places positions in the source
 * @throws IntegrityError `copy-differs`; `root-differs` where a head is not that of the log
 */
export async function compareLogs(
  from: StoredEvents,
  to: StoredEvents,
  heads: readonly SignedHead[],
  places: readonly Position[],
  onEvents: (events: number) => void,
): Promise<Compared> {
  const [source, target, edge] = [new StoredReader(from), new StoredReader(to), new RightEdge()];
  const signed = new Map(heads.map(({ size, root }) => [size, root]));
  const found = new Map<Position, Position>(places.map((place) => [place, START]));
  let agreed = agrees(signed, edge) ? 1 : 0;
  for (;;) {
    const [here, there] = [await source.next(), await target.next()];
    if (here === undefined && there === undefined) break;
    if (here === undefined || there === undefined || !isSameEvent(here, there)) {
      throw new IntegrityError('copy-differs', `source and target differ at leaf ${edge.size}`);
    }
    edge.add(leafOfEntry(entryOf(there)));
    if (agrees(signed, edge)) agreed += 1;
    for (const place of places) if (here.position <= place) found.set(place, there.position);
    if (edge.size % LET_GO === 0) {
      edge.takeTiles();
      onEvents(edge.size);
    }
  }
  if (agreed < signed.size) {
    throw new IntegrityError('root-differs', 'the log has not all that was signed of it');
  }
  return { head: { size: edge.size, root: edge.root() }, places: found };
}

/** Whether a head of this size was signed, and is this. @throws IntegrityError `root-differs` */
function agrees(signed: ReadonlyMap<number, string>, edge: RightEdge): boolean {
  const root = signed.get(edge.size);
  if (root === undefined) return false;
  if (Buffer.from(edge.root()).toString('base64url') === root) return true;
  throw new IntegrityError('root-differs', `another root was signed at size ${edge.size}`);
}
