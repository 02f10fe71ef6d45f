/** Rows that are fetched at once; between fetches it is seen how large the page has become. */
export const CHUNK = 100;
/** A page takes no more rows in beyond this length of their JSON. */
const PAGE_LENGTH = 4_194_304;

/**
 * Fetches chunk after chunk until the limit or the length of a page is reached.
 * @param fetch at most `count` rows after the last one of this page
 * @param lengthOf how long the JSON of a row is
 */
export function page<Row, T>(
  limit: number,
  fetch: (last: Row | undefined, count: number) => readonly Row[],
  of: (row: Row) => T,
  lengthOf: (row: Row) => number,
): readonly T[] {
  const items: T[] = [];
  let last: Row | undefined;
  let length = 0;
  while (items.length < limit && length < PAGE_LENGTH) {
    const count = Math.min(CHUNK, limit - items.length);
    const rows = fetch(last, count);
    for (const row of rows) {
      items.push(of(row));
      length += lengthOf(row);
    }
    if (rows.length < count) break;
    last = rows.at(-1);
  }
  return items;
}
