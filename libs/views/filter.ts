import { InvalidInput } from '#kernel';
import type { JsonObject } from '#kernel';

import type { Filter, Index, Scalar } from './port.js';
import { compareScalars, fieldReader, isScalar } from './values.js';

/** A filter that was checked, in the form that adapters translate. */
export type Node =
  | { readonly op: 'and' | 'or'; readonly nodes: readonly Node[] }
  | {
      readonly op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte';
      readonly index: Index;
      readonly value: Scalar;
    }
  | { readonly op: 'in'; readonly index: Index; readonly values: readonly Scalar[] };

const MOST_DEPTH = 8;
const MOST_CONDITIONS = 500;
/** Most values of one `$in`. */
export const MOST_VALUES = 1_000;

/** Checks a filter against declared indexes. @throws InvalidInput, quoting no value */
export function parseFilter(indexes: readonly Index[], filter: Filter): Node {
  let conditions = 0;
  const byField = new Map(indexes.map((index) => [index.field, index]));

  function parse(part: unknown, depth: number): Node {
    if (depth > MOST_DEPTH) throw refused('filter-depth', 'is nested too deeply');
    if (!isPlainObject(part)) throw refused('filter-shape', 'must be an object');
    return { op: 'and', nodes: Object.entries(part).flatMap(([n, v]) => parseEntry(n, v, depth)) };
  }

  function parseEntry(name: string, value: unknown, depth: number): readonly Node[] {
    if (name === '$and' || name === '$or') {
      if (!Array.isArray(value) || value.length === 0) {
        throw refused('filter-list', 'must be a list of filters that is not empty', name);
      }
      const nodes = value.map((part) => parse(part, depth + 1));
      return [{ op: name === '$and' ? 'and' : 'or', nodes }];
    }
    const index = byField.get(name);
    if (index === undefined) throw refused('filter-field', 'names a field without an index');
    const nodes = parseCondition(index, value);
    conditions += nodes.length;
    if (conditions > MOST_CONDITIONS) throw refused('filter-size', 'has too many conditions');
    return nodes;
  }

  return parse(filter, 1);
}

function parseCondition(index: Index, condition: unknown): readonly Node[] {
  if (!isPlainObject(condition)) {
    return [{ op: 'eq', index, value: comparable(index, condition) }];
  }
  const entries = Object.entries(condition);
  if (entries.length === 0) throw refused('filter-operator', 'has an empty condition', index.field);
  return entries.map(([operator, value]) => parseComparison(index, operator, value));
}

function parseComparison(index: Index, operator: string, value: unknown): Node {
  switch (operator) {
    case '$in': {
      if (!Array.isArray(value) || value.length > MOST_VALUES) {
        throw refused('filter-in', `must be a list of at most ${String(MOST_VALUES)}`, index.field);
      }
      return { op: 'in', index, values: value.map((item) => comparable(index, item)) };
    }
    case '$ne':
      return { op: 'ne', index, value: comparable(index, value) };
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return { op: RANGES[operator], index, value: notNull(index, value) };
    default:
      throw refused('filter-operator', 'has an unknown operator', index.field);
  }
}

const RANGES = { $gt: 'gt', $gte: 'gte', $lt: 'lt', $lte: 'lte' } as const;

function comparable(index: Index, value: unknown): Scalar {
  if (!isScalar(value)) throw refused('filter-value', 'is no value to compare with', index.field);
  if (value === null && index.kind === 'array') {
    throw refused('filter-null', 'is an array, which holds no null', index.field);
  }
  return value;
}

function notNull(index: Index, value: unknown): Scalar {
  const scalar = comparable(index, value);
  if (scalar === null) throw refused('filter-null', 'has no order with null', index.field);
  return scalar;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(rule: string, hint: string, field?: string): InvalidInput {
  return new InvalidInput(field === undefined ? 'filter' : `filter.${field}`, rule, hint);
}

/** A predicate that says of a document what the store says of it. */
export function matcher(node: Node): (doc: JsonObject) => boolean {
  switch (node.op) {
    case 'and': {
      const tests = node.nodes.map(matcher);
      return (doc) => tests.every((test) => test(doc));
    }
    case 'or': {
      const tests = node.nodes.map(matcher);
      return (doc) => tests.some((test) => test(doc));
    }
    case 'ne':
      return not(matcher({ ...node, op: 'eq' }));
    case 'in': {
      const values = new Set(node.values.map(withoutSign));
      return anyValue(node.index, (value) => values.has(withoutSign(value)));
    }
    case 'eq':
      return anyValue(node.index, (value) => value === node.value);
    case 'gt':
      return anyValue(
        node.index,
        within(node.value, (order) => order > 0),
      );
    case 'gte':
      return anyValue(
        node.index,
        within(node.value, (order) => order >= 0),
      );
    case 'lt':
      return anyValue(
        node.index,
        within(node.value, (order) => order < 0),
      );
    case 'lte':
      return anyValue(
        node.index,
        within(node.value, (order) => order <= 0),
      );
  }
}

function not(test: (doc: JsonObject) => boolean): (doc: JsonObject) => boolean {
  return (doc) => !test(doc);
}

/** -0 and 0 are one number. */
function withoutSign(value: Scalar): Scalar {
  return value === 0 ? 0 : value;
}

/** Whether the field's value, or one of its array's, passes. A missing value counts as null. */
function anyValue(index: Index, passes: (value: Scalar) => boolean): (doc: JsonObject) => boolean {
  const read = fieldReader(index.field);
  if (index.kind === 'array') {
    return (doc) => {
      const value = read(doc);
      return Array.isArray(value) && value.some((item) => isScalar(item) && passes(item));
    };
  }
  return (doc) => {
    const value = read(doc) ?? null;
    return isScalar(value) && passes(value);
  };
}

/** Passes values of the same type whose order to the given one is right. */
function within(limit: Scalar, right: (order: number) => boolean): (value: Scalar) => boolean {
  return (value) =>
    typeof value === typeof limit && value !== null && right(compareScalars(value, limit));
}
