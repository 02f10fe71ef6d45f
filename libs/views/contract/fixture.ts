import { expect } from '@jest/globals';

import type { JsonObject, Position } from '#kernel';

import type { Build, Change, Filter, ViewDefinition, Views } from '../port.js';

/** A view whose fold is of no account here. */
export const THINGS: ViewDefinition = {
  name: 'things',
  version: 1,
  indexes: [
    { field: 'kind', kind: 'value' },
    { field: 'n', kind: 'value' },
    { field: 'nested.level', kind: 'value' },
    { field: 'tags', kind: 'array' },
    { field: 'nested.labels', kind: 'array' },
  ],
  route: () => [],
  apply: () => undefined,
};

export const THINGS_2: ViewDefinition = { ...THINGS, version: 2 };

/** The n-th position of a log. */
export function at(n: number): Position {
  return String(n).padStart(16, '0') as Position;
}

/** A change at a position. */
export function change(id: string, n: number, doc: JsonObject | null): Change {
  return { id, position: at(n), doc };
}

/** Writes documents to the live build, each under its name, in one batch. */
export async function given(
  views: Views,
  docs: Readonly<Record<string, JsonObject>>,
): Promise<Build> {
  const build = await views.live(THINGS);
  const changes = Object.entries(docs).map(([id, doc]) => change(id, 1, doc));
  await views.write(build, THINGS, { changes, checkpoint: at(1), epoch: 1 });
  return build;
}

/** Writes one batch, whose checkpoint is its last position. */
export async function write(
  views: Views,
  build: Build,
  changes: readonly Change[],
  epoch = 1,
): Promise<void> {
  const checkpoint =
    changes
      .map(({ position }) => position)
      .sort()
      .at(-1) ?? at(0);
  await views.write(build, THINGS, { changes, checkpoint, epoch });
}

/** The ids of all documents that a filter finds, as every way of asking gives them. */
export async function found(views: Views, filter: Filter): Promise<readonly string[]> {
  const ids = (await views.find(THINGS, filter, { limit: 1_000 })).map(({ id }) => id);
  expect(await views.count(THINGS, filter)).toBe(ids.length);
  const matched = await views.match(await views.live(THINGS), THINGS, filter);
  expect([...matched].sort()).toEqual([...ids].sort());
  return ids;
}

/** The documents of a view by id, as queries see them. */
export async function documents(
  views: Views,
  view = THINGS,
): Promise<Readonly<Record<string, JsonObject>>> {
  const rows = await views.find(view, {}, { limit: 1_000 });
  return Object.fromEntries(rows.map(({ id, doc }) => [id, doc]));
}
