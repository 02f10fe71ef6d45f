import { InvalidInput } from '#kernel';

import { isUsualKey, recognised } from './headers.js';
import type { ImportMap } from './map.js';

/** Where the fields of a map stand in a file. */
export interface Columns {
  /** How many there are: a row with another number is refused. */
  readonly count: number;
  readonly headers: readonly string[];
  /** Index of the column that names the row. */
  readonly key: number;
  /** Indexes by field. */
  readonly fields: ReadonlyMap<string, number>;
  /** Index by header, for columns that a map names outside of its fields. */
  readonly named: ReadonlyMap<string, number>;
  /** Headers of which nothing is taken, and the map does not say so. */
  readonly leftOut: readonly string[];
}

/**
 * Finds a map's columns among the headers of a file; a field that the map does not name is taken
 * from a header that is recognised.
 * @throws InvalidInput for a column that is not there, comes twice, or a key that is not told
 */
export function bindColumns(map: ImportMap, headers: readonly string[]): Columns {
  const named = namedColumns(headers);
  const at = (column: string, field: string): number => {
    const found = named.get(column);
    if (found !== undefined) return found;
    throw new InvalidInput(field, 'no-such-column', `names "${column}", which the file lacks`);
  };
  const fields = new Map<string, number>();
  for (const [field, column] of Object.entries(map.fields ?? {})) {
    if (column !== undefined) fields.set(field, at(column, `fields.${field}`));
  }
  for (const column of map.ignore ?? []) at(column, 'ignore');
  const others = new Set(otherColumns(map).map(([field, column]) => at(column, field)));
  const taken = new Set([...fields.values(), ...others]);
  for (const [header, index] of named) {
    if (taken.has(index) || map.ignore?.includes(header) === true) continue;
    const field = recognised(map.kind, header);
    if (field === undefined || fields.has(field)) continue;
    fields.set(field, index);
    taken.add(index);
  }
  const key = keyColumn(map, named, at);
  const ignored = new Set(map.ignore);
  const leftOut = headers.filter(
    (header, index) => !taken.has(index) && index !== key && !ignored.has(header),
  );
  return { count: headers.length, headers, key, fields, named, leftOut };
}

function namedColumns(headers: readonly string[]): Map<string, number> {
  const named = new Map<string, number>();
  headers.forEach((header, index) => {
    const name = header.trim();
    if (named.has(name)) {
      throw new InvalidInput(`column ${String(index + 1)}`, 'header-twice', 'has a header again');
    }
    named.set(name, index);
  });
  return named;
}

/** Columns that a map names outside of its fields. */
function otherColumns(map: ImportMap): (readonly [string, string])[] {
  if (map.kind === 'invoices') return [['customer.key', map.customer.key]];
  return typeof map.category === 'string' ? [] : [['category.column', map.category.column]];
}

function keyColumn(
  map: ImportMap,
  named: ReadonlyMap<string, number>,
  at: (column: string, field: string) => number,
): number {
  if (map.key !== undefined) return at(map.key, 'key');
  for (const [header, index] of named) if (isUsualKey(map.kind, header)) return index;
  throw new InvalidInput('key', 'required', 'must name the column that tells the rows apart');
}
