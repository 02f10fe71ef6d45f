import type { KeyId } from '#kernel';
import { inChunks, type MongoStore } from '#mongo-store';

import type { KeyStatus } from '../port.js';
import { ROWS, type KeyRow } from './schema.js';

/** What the rows of keys say; a fence that never had a key is none. */
export async function statesOfKeys(
  store: MongoStore,
  keys: readonly KeyId[],
): Promise<ReadonlyMap<KeyId, KeyStatus['state']>> {
  const rows = store.db.collection<KeyRow>(ROWS.keys);
  const projection = { _id: 0, key: 1, state: 1 } as const;
  const parts = await store.inFreshSession(0, (_, session) =>
    inChunks(keys, (some) =>
      rows.find({ key: { $in: [...some] } }, { session, projection }).toArray(),
    ),
  );
  return new Map(
    parts.flat().flatMap(({ key, state }) => (key === undefined ? [] : [[key, state]])),
  );
}
