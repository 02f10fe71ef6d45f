import type { StoredEvent, StreamPlace } from '#event-log';

import type { InspectedTree } from '../inspection.js';
import { MOST_LEAVES } from '../port.js';
import { Column, ColumnIndex } from './column.js';
import { differencesOf, type Differences } from './differences.js';
import { withoutOldPlaces, withRightIds } from './fitting.js';
import { narrowed, standingOf, type Head, type Narrowed, type Standing } from './heads.js';
import { ID_BYTES, writeId } from '../ids.js';
import { countUpTo, eventsAt } from './reading.js';
import type { AuditReport } from './report.js';
import type { Judged } from './sources.js';
import { damagedTiles, signedMap, type SignedMap } from './stored-map.js';
import type { Fault } from './verdicts.js';

/** How the log compares with what was signed of it. */
export interface Compared {
  readonly differences: Differences;
  /** How many leaves of the tree were signed; what is known of others is the stored tree's word. */
  readonly signed: number;
  /** From which event of the log on nothing that was signed speaks for them. */
  readonly boundary: number;
  readonly strays: readonly StreamPlace[];
  /** Heads, by their number, that do not agree and that the differences explain. */
  readonly explained: ReadonlySet<number>;
  readonly faults: readonly Fault[];
  readonly narrowed: Narrowed | undefined;
  readonly tiles: AuditReport['tiles']['state'];
  readonly damaged: readonly string[];
}

const NO_DIFFERENCES: Differences = {
  altered: [],
  reordered: [],
  unknown: [],
  absent: [],
  lastSigned: -1,
};

/** Compares the log with every head; where one does not agree, the stored tree tells where. */
export async function compare(
  judged: Judged,
  heads: readonly Head[],
  standings: readonly Standing[],
): Promise<Compared> {
  const isGood = standings.every((standing) => standing === 'agrees');
  const found = await judged.tree?.((tree) =>
    isGood ? compareGood(judged, heads, tree) : compareByMap(judged, heads, standings, tree),
  );
  return found ?? withoutMap(judged, heads, standings, 'none');
}

async function compareGood(
  judged: Judged,
  heads: readonly Head[],
  tree: InspectedTree,
): Promise<Compared | undefined> {
  const { stored, examined } = judged;
  if (stored === undefined) return undefined;
  const signed = signedOf(heads);
  const absent = await vanished(judged, tree, signed);
  return {
    differences: { ...NO_DIFFERENCES, absent },
    signed,
    boundary: signed,
    strays: judged.strays,
    explained: new Set(),
    faults: [],
    narrowed: undefined,
    tiles: 'compared',
    damaged: await damagedTiles(tree, stored.state, examined.tree, signed),
  };
}

async function compareByMap(
  judged: Judged,
  heads: readonly Head[],
  standings: readonly Standing[],
  tree: InspectedTree,
): Promise<Compared | undefined> {
  const { stored, examined, log } = judged;
  if (stored === undefined) return undefined;
  const map = await signedMap(tree, stored.state, heads, examined);
  if (map === undefined) return withoutMap(judged, heads, standings, 'unconfirmed');
  const read = async (indices: readonly number[]) =>
    (await log((opened) => eventsAt(opened, examined, indices))) ?? new Map<number, StoredEvent>();
  const raw = differencesOf(examined, map, map.signed);
  const differences = await withRightIds(raw, map, read, tree);
  const explained = await explainedBy(map, heads, standings);
  const rest = await withoutMap(judged, heads, standings, 'compared', explained);
  const boundary = await boundaryOf(judged, tree, map, differences);
  return {
    ...rest,
    differences,
    signed: map.signed,
    boundary: Math.max(boundary, rest.boundary),
    strays: await withoutOldPlaces(judged.strays, differences.altered, map, read),
    explained,
    damaged: await damagedTiles(tree, stored.state, map.tree, map.signed),
  };
}

/** What can be said by roots alone. */
async function withoutMap(
  { examined, keys, strays }: Judged,
  heads: readonly Head[],
  standings: readonly Standing[],
  tiles: Compared['tiles'],
  explained: ReadonlySet<number> = new Set(),
): Promise<Compared> {
  const faults = heads.flatMap(({ source }, at): Fault[] => {
    const standing = standings[at];
    if (standing === 'agrees' || explained.has(at)) return [];
    return [{ fault: standing === 'shorter' ? 'log-shorter' : 'root-differs', source }];
  });
  const agreed = signedOf(heads.filter((_, at) => standings[at] === 'agrees'));
  const between =
    faults.length === 0 ? undefined : await narrowed(examined.checkpoints, examined.tree, keys);
  const boundary = Math.max(agreed, between?.agreesTo ?? 0);
  return {
    differences: NO_DIFFERENCES,
    signed: boundary,
    boundary,
    strays,
    explained,
    faults,
    narrowed: between === undefined ? undefined : { ...between, agreesTo: boundary },
    tiles,
    damaged: [],
  };
}

/** What a claim in the anchor covers may not be signed yet. */
function signedOf(heads: readonly Head[]): number {
  return Math.max(0, ...heads.flatMap(({ source, size }) => (source === 'anchor' ? [] : [size])));
}

async function explainedBy(
  map: SignedMap,
  heads: readonly Head[],
  standings: readonly Standing[],
): Promise<ReadonlySet<number>> {
  const explained = new Set<number>();
  for (const [at, head] of heads.entries()) {
    if (standings[at] === 'agrees' || head.size > map.signed) continue;
    if ((await standingOf(head, map.tree)) === 'agrees') explained.add(at);
  }
  return explained;
}

/** Up to where events of the log stand before the end of what was signed. */
async function boundaryOf(
  { log, examined }: Judged,
  tree: InspectedTree,
  { signed }: SignedMap,
  { lastSigned, altered }: Differences,
): Promise<number> {
  const [last] = await tree.leaves(signed - 1, 1);
  const upTo =
    last === undefined
      ? 0
      : await log((opened) => countUpTo(opened, examined, last.position)).catch(() => 0);
  const pairs = altered.filter(({ was }) => was < signed).map(({ at }) => at + 1);
  return Math.max(lastSigned + 1, upTo ?? 0, ...pairs.slice(-1));
}

/** Leaves of the stored tree that are not signed yet, and whose events are not in the log. */
async function vanished(
  { stored, examined }: Judged,
  tree: InspectedTree,
  signed: number,
): Promise<readonly number[]> {
  const size = stored?.state.size ?? 0;
  if (size <= signed) return [];
  const inLog = new ColumnIndex(examined.ids, Math.min(signed, examined.size), examined.size);
  const gone: number[] = [];
  for (let from = signed; from < size; from += MOST_LEAVES) {
    const leaves = await tree.leaves(from, Math.min(MOST_LEAVES, size - from));
    const ids = new Column(ID_BYTES);
    const bytes = Buffer.alloc(leaves.length * ID_BYTES);
    leaves.forEach(({ id }, place) => {
      writeId(id, bytes, place * ID_BYTES);
    });
    ids.push(bytes);
    for (let place = 0; place < ids.size; place += 1) {
      if (inLog.find(ids, place, () => true) < 0) gone.push(from + place);
    }
  }
  return gone;
}
