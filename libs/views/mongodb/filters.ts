import type { Document } from 'mongodb';

import { parseFilter } from '../filter.js';
import type { Filter, Index, Page, Scalar } from '../port.js';
import { storedField } from './schema.js';

/**
 * A filter as the driver takes it: as it is, on the fields of the stored document.
 * @throws InvalidInput for what is no filter over these indexes
 */
export function filterOf(indexes: readonly Index[], filter: Filter): Document {
  parseFilter(indexes, filter);
  return { alive: true, ...onStored(filter) };
}

function onStored(filter: Filter): Document {
  const entries = Object.entries(filter).map(([name, condition]) =>
    name === '$and' || name === '$or'
      ? [name, (condition as readonly Filter[]).map(onStored)]
      : [storedField(name), condition],
  );
  return Object.fromEntries(entries) as Document;
}

/** The order of a page: by value, missing and null being one, then by id. */
export function orderOf({ sort }: Page): Record<string, 1 | -1> {
  if (sort === undefined) return { _id: 1 };
  return { [storedField(sort.field)]: sort.direction, _id: sort.direction };
}

/**
 * The rows after the last one of the page before. A comparison stays within the type of its value, so
 * those of the types that come later are named beside it.
 */
export function afterOf({ sort, after }: Page): Document {
  if (after === undefined) return {};
  if (sort === undefined) return { _id: { $gt: after.id } };
  const field = storedField(sort.field);
  const value = after.value ?? null;
  const beyond = sort.direction === 1 ? '$gt' : '$lt';
  const ties = { [field]: value, _id: { [beyond]: after.id } };
  const same = value === null ? [] : [{ [field]: { [beyond]: value } }];
  const later = laterTypes(value, sort.direction).map((all) => ({ [field]: all }));
  return { $or: [ties, ...same, ...later] };
}

/** All values of each type, in the order of types. */
const TYPES = [
  { of: 'null', all: null },
  { of: 'number', all: { $gte: Number.NEGATIVE_INFINITY } },
  { of: 'string', all: { $gte: '' } },
  { of: 'boolean', all: { $gte: false } },
] as const;

function laterTypes(value: Scalar, direction: 1 | -1): readonly unknown[] {
  const own = TYPES.findIndex(({ of }) => of === (value === null ? 'null' : typeof value));
  const later = direction === 1 ? TYPES.slice(own + 1) : TYPES.slice(0, own);
  return later.map(({ all }) => all);
}
