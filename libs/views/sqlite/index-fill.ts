import type { Layout } from './schema.js';

/** Documents whose elements are indexed by one statement: other writers wait for no more. */
const DOCUMENTS_AT_ONCE = 20_000;

/**
 * What the engine's JSON functions read from a document as it is stored by `stored`; not so in
 * documents with U+0000 or U+0001, which stand in them as escapes: see {@link ODD_DOCUMENTS}.
 */
const ELEMENT = `CASE e.type WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' ELSE e.value END`;

/** Of documents, those whose array elements {@link fillStatements} leaves out. */
export const ODD_DOCUMENTS = String.raw`instr(doc, '\u000') > 0`;

/**
 * Statements that make the indexes of a build out of its documents, each a transaction of its own;
 * done in bulk that costs a tenth of what it costs to keep them up meanwhile: ids and tokens are
 * random, so that every row dirties pages of its own. Repeated, they change nothing.
 * @param documents the largest `seq` there is
 */
export function fillStatements(layout: Layout, documents: number): readonly string[] {
  const values = layout.values.map(
    ({ column }) =>
      `CREATE INDEX IF NOT EXISTS ${layout.docs}_${column} ON ${layout.docs} (${column}, id)`,
  );
  const ranges = Math.ceil(documents / DOCUMENTS_AT_ONCE);
  const elements = Array.from({ length: ranges }, (_, n) => elementsOf(layout, n)).flat();
  return [...values, ...elements];
}

/** In the order of the index: neighbours share pages. */
function elementsOf({ docs, arrays, lists }: Layout, range: number): readonly string[] {
  const after = range * DOCUMENTS_AT_ONCE;
  const within = `d.seq > ${String(after)} AND d.seq <= ${String(after + DOCUMENTS_AT_ONCE)}`;
  return lists.map(({ field, number }) => {
    const path = `'$.${field}'`;
    return `
      INSERT OR IGNORE INTO ${arrays} SELECT ${String(number)}, ${ELEMENT}, d.seq
      FROM ${docs} AS d, json_each(d.doc, ${path}) AS e
      WHERE ${within} AND json_type(d.doc, ${path}) = 'array' AND NOT ${ODD_DOCUMENTS}
      ORDER BY 2, 3`;
  });
}
