import { isDeepStrictEqual } from 'node:util';

import { customerViews } from '#customers';
import type { JsonObject } from '#kernel';
import type { ViewDefinition, Views } from '#views';
import { ProjectionRunner } from '#views';
import { MemoryViews } from '#views/memory';

import { openForViews } from '../../../apps/composition/opening.js';
import type { Ledger } from '../../../apps/composition/index.js';

type Documents = ReadonlyMap<string, JsonObject>;

const LIMIT_MILLIS = 20_000;
const PAGE = 1_000;

/** Names of documents that are not what a fold of the whole log makes of them. */
export async function differingViews(ledger: Ledger): Promise<string[]> {
  const head = await ledger.stores.log.head();
  if (!(await ledger.projections.waitForAll(head, LIMIT_MILLIS))) return ['views are behind'];
  const fresh = await foldedFromZero(ledger);
  const differing: string[] = [];
  for (const view of customerViews) {
    const stored = await documentsOf(ledger.stores.views, view);
    const folded = await documentsOf(fresh, view);
    for (const id of new Set([...stored.keys(), ...folded.keys()])) {
      if (isDeepStrictEqual(stored.get(id), folded.get(id))) continue;
      differing.push(`${view.name} ${id} is not what its events make of it`);
    }
  }
  return differing;
}

/** Views made anew from the start of the log, in memory. */
export async function foldedFromZero(ledger: Ledger): Promise<Views> {
  const { stores, clock, opener, upcasters } = ledger;
  const views = new MemoryViews();
  const runner = new ProjectionRunner({
    log: stores.log,
    views,
    clock,
    definitions: customerViews,
    open: openForViews(opener),
    secrets: {
      secret: () => Promise.resolve(Buffer.alloc(32, 1)),
      destroySecret: () => Promise.resolve(),
    },
    lift: (event) => upcasters.lift(event),
  });
  runner.start(1);
  const isDone = await runner.waitForAll(await stores.log.head(), LIMIT_MILLIS);
  await runner.stop();
  if (!isDone) throw new Error('a fold from zero did not come to the end of the log');
  return views;
}

/** All documents of a view. Search tokens differ from build to build: only their number is told. */
export async function documentsOf(views: Views, view: ViewDefinition): Promise<Documents> {
  const documents = new Map<string, JsonObject>();
  for (let last: string | undefined; ;) {
    const after = last === undefined ? {} : { after: { id: last } };
    const rows = await views.find(view, {}, { limit: PAGE, ...after });
    for (const { id, doc } of rows) documents.set(id, withoutTokens(doc));
    last = rows.at(-1)?.id;
    if (last === undefined) return documents;
  }
}

function withoutTokens(doc: JsonObject): JsonObject {
  const { tokens } = doc;
  if (typeof tokens !== 'object' || tokens === null) return doc;
  const counts = Object.entries(tokens).map(([category, list]) => [
    category,
    Array.isArray(list) ? list.length : 0,
  ]);
  return { ...doc, tokens: Object.fromEntries(counts) as JsonObject };
}
