import { positionBefore } from '#evidence';
import type { EventId, RecordedEvent } from '#kernel';

import type { Ledger } from './ledger.js';

/** The event of an id, found by the tree; undefined where that has none, or not yet. */
export async function eventById(
  { stores }: Pick<Ledger, 'stores'>,
  id: EventId,
): Promise<RecordedEvent | undefined> {
  const { log, tree } = stores;
  const index = (await tree.indexOf([id])).get(id);
  if (index === undefined) return undefined;
  const before = await positionBefore(tree, index);
  if (before === undefined) return undefined;
  const [event] = await log.readAll(before, 1);
  return event?.id === id ? event : undefined;
}
