import type { SqlValue } from '#sqlite-file';

import type { Node } from '../filter.js';
import type { Index, Scalar } from '../port.js';
import { stored, type Layout } from './schema.js';

/** A condition and the values of its parameters, in order. */
export interface Sql {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

type Test = Extract<Node, { readonly index: Index }>;

/** The condition that a checked filter is on the documents of a build. Values are only ever bound. */
export function filterSql(node: Node, layout: Layout): Sql {
  switch (node.op) {
    case 'and':
    case 'or':
      return joined(
        node.nodes.map((part) => filterSql(part, layout)),
        node.op,
      );
    case 'eq':
    case 'ne':
    case 'in':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return node.index.kind === 'array' ? arrayTest(node, layout) : valueTest(node, layout);
  }
}

function joined(parts: readonly Sql[], op: 'and' | 'or'): Sql {
  const [only] = parts;
  if (only === undefined) return { sql: op === 'and' ? '1' : '0', values: [] };
  if (parts.length === 1) return only;
  const sql = parts.map((part) => `(${part.sql})`).join(op === 'and' ? ' AND ' : ' OR ');
  return { sql, values: parts.flatMap((part) => part.values) };
}

function valueTest(node: Test, layout: Layout): Sql {
  const column = layout.values.find(({ field }) => field === node.index.field)?.column ?? 'NULL';
  if (node.op === 'in') return oneOf(column, node.values);
  if (node.op === 'ne') return { sql: `${column} IS NOT ?`, values: [stored(node.value)] };
  return comparison(column, node.op, node.value);
}

/** Whether an element meets the condition; for `ne`, that none is equal. */
function arrayTest(node: Test, layout: Layout): Sql {
  const number = String(layout.lists.find(({ field }) => field === node.index.field)?.number ?? -1);
  const element =
    node.op === 'in'
      ? oneOf('value', node.values)
      : comparison('value', node.op === 'ne' ? 'eq' : node.op, node.value);
  const found = `SELECT doc FROM ${layout.arrays} WHERE field = ${number} AND ${element.sql}`;
  return { sql: `seq ${node.op === 'ne' ? 'NOT IN' : 'IN'} (${found})`, values: element.values };
}

function oneOf(column: string, values: readonly Scalar[]): Sql {
  const others = values.filter((value) => value !== null);
  const listed = { sql: placeholders(column, others.length), values: padded(others.map(stored)) };
  if (others.length === values.length) return listed;
  return { sql: `(${column} IS NULL OR ${listed.sql})`, values: listed.values };
}

function placeholders(column: string, count: number): string {
  if (count === 0) return '0';
  return `${column} IN (${Array<string>(roundedUp(count)).fill('?').join(', ')})`;
}

/** Lists are filled up with their last value, so that few different statements are prepared. */
function padded(values: readonly SqlValue[]): readonly SqlValue[] {
  const last = values.at(-1);
  if (last === undefined) return values;
  return [...values, ...Array<SqlValue>(roundedUp(values.length) - values.length).fill(last)];
}

function roundedUp(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

const OPERATORS = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** SQLite orders all types in one row: the ends of a type are those of the next. */
function comparison(column: string, op: keyof typeof OPERATORS, value: Scalar): Sql {
  if (value === null) return { sql: `${column} IS NULL`, values: [] };
  const compared = `${column} ${OPERATORS[op]} ?`;
  const end = op === 'eq' ? '' : endOfType(column, op, value);
  return { sql: `${compared}${end}`, values: [stored(value)] };
}

function endOfType(column: string, op: 'gt' | 'gte' | 'lt' | 'lte', value: Scalar): string {
  const rising = op === 'gt' || op === 'gte';
  if (typeof value === 'number') return rising ? ` AND ${column} < ''` : '';
  if (typeof value === 'string') return ` AND ${column} ${rising ? "< x''" : ">= ''"}`;
  return rising ? '' : ` AND ${column} >= x''`;
}
