import type { IndexDescription } from 'mongodb';

import type { Index } from '../port.js';
import { storedField } from './schema.js';

/**
 * The indexes of a build. What a dropped document leaves is passed over, so `alive` comes first; the
 * id comes last where pages are in the order of the value.
 */
export function indexSpecs(indexes: readonly Index[]): IndexDescription[] {
  return indexes.map(({ field, kind }) => ({
    name: field,
    key: { alive: 1, [storedField(field)]: 1, ...(kind === 'value' ? { _id: 1 } : {}) },
  }));
}
