import { join } from 'node:path';

import { DatabaseSync } from '@photostructure/sqlite';

import { COMMAND_FAULT_POINTS } from '#commands';
import { ERASURE_FAULT_POINTS, IMPORT_FAULT_POINTS } from '#customers';
import { EVENT_LOG_FAULT_POINTS as ON_EVENTSTOREDB } from '#event-log/eventstoredb';
import { EVENT_LOG_FAULT_POINTS as ON_SQLITE } from '#event-log/sqlite';
import { CHECKPOINT_FAULT_POINTS, EVIDENCE_FAULT_POINTS } from '#evidence';
import { VAULT_FAULT_POINTS } from '#vault';
import { VIEWS_FAULT_POINTS } from '#views';

import { FILES } from '../../../apps/composition/index.js';
import { KEY_EPOCH_FAULT_POINTS } from '../../../apps/composition/key-epochs.js';
import { databaseOf, ON_SERVERS } from '../../engines/places.js';

/** The ledger copies its vault itself only where that is a file. */
const VAULT_COPIED = 'rotation.backed-up';

/** Those of what events and views are written with. */
const WRITTEN: readonly string[] = [
  ...(ON_SERVERS ? ON_EVENTSTOREDB : ON_SQLITE),
  ...VIEWS_FAULT_POINTS,
];

/** Reached when their time comes, and not in the order of what a life does. */
const BY_TIME: readonly string[] = [...EVIDENCE_FAULT_POINTS, ...CHECKPOINT_FAULT_POINTS];

const POINTS: readonly string[] = [
  ...WRITTEN,
  ...VAULT_FAULT_POINTS,
  ...COMMAND_FAULT_POINTS,
  ...ERASURE_FAULT_POINTS,
  ...KEY_EPOCH_FAULT_POINTS.filter((point) => !ON_SERVERS || point !== VAULT_COPIED),
  ...IMPORT_FAULT_POINTS,
  ...BY_TIME,
];

/** Reached only where a view meets an event that it cannot fold. */
export const PARKING: readonly string[] = ['projection.before-park', 'projection.after-park'];
/** Reached only where the program has a newer version of a view than the folder. */
export const OUTDATED = 'rebuild.after-begin';
/** All others: a life reaches each of them. */
export const LIVED = POINTS.filter((point) => !PARKING.includes(point) && point !== OUTDATED);

/** What runs the same over any engine is killed where its stores are files: a life costs less there. */
const BESIDE_ENGINES: readonly string[] = [
  ...COMMAND_FAULT_POINTS,
  ...KEY_EPOCH_FAULT_POINTS,
  ...IMPORT_FAULT_POINTS,
  ...VAULT_FAULT_POINTS.filter((point) => point.startsWith('kek.')),
];
/** Those at which a life is ended. */
export const KILLED = LIVED.filter((point) => !ON_SERVERS || !BESIDE_ENGINES.includes(point));

/** A fault point, and at which of the times that a life reaches it the life is ended. */
export type Kill = readonly [point: string, time: number];

/** A point that is reached again and again is killed at in the midst of it, too. */
const MANY = 30;
const SHARES = [0.6];
/** Folders for the first times of all points: lives are ended in turn on each. */
const FOLDERS = ON_SERVERS ? 2 : 8;

/** Folders on which lives are under way at a time. */
export const AT_ONCE = 2;

/**
 * The kills that are tried, those of each folder one after another.
 * @param reached how often a life that nothing disturbs reaches each point, in the order of first times
 */
export function killsOf(reached: Readonly<Record<string, number>>): readonly (readonly Kill[])[] {
  // In this order what comes later is still to be done, and so reached, after what came before.
  const inOrder = KILLED.filter((point) => !BY_TIME.includes(point));
  const firstTimes = Object.keys(reached).filter((point) => inOrder.includes(point));
  const many = inOrder.filter((point) => (reached[point] ?? 0) >= MANY);
  // Each life signs, so each of these is reached on the same folder again.
  const byTime = BY_TIME.map((point): Kill => [point, 1]);
  if (ON_SERVERS) {
    // A life costs several times as much there: only where events and views are written a second time.
    const half = Math.floor(firstTimes.length / 2);
    const written = WRITTEN.filter((point) => many.includes(point));
    const chains = chained([...firstTimes.slice(0, half), ...written, ...firstTimes.slice(half)]);
    return [...chains, byTime];
  }
  const later = many.flatMap((point) =>
    SHARES.map((share): readonly Kill[] => [
      [point, Math.floor((reached[point] ?? 0) * share) + 1],
    ]),
  );
  return [...chained(firstTimes), byTime, ...later];
}

/** The first times of points, dealt out to folders. */
function chained(points: readonly string[]): readonly (readonly Kill[])[] {
  return Array.from({ length: FOLDERS }, (_, folder) =>
    points.filter((_point, at) => at % FOLDERS === folder).map((point): Kill => [point, 1]),
  );
}

/** Has a view of a folder's ledger be one that an older program made. Nobody has it open. */
export async function outdate(folder: string, view: string): Promise<void> {
  const database = databaseOf(folder, 'views');
  if (database !== undefined) {
    const older = { $set: { 'builds.$[].version': 0 } };
    const { modifiedCount } = await database
      .collection<{ readonly _id: string }>('views')
      .updateOne({ _id: view }, older);
    if (modifiedCount !== 1) throw new Error(`there is no view ${view}`);
    return;
  }
  const db = new DatabaseSync(join(folder, 'data', FILES.views));
  db.prepare('UPDATE builds SET version = 0 WHERE view = ?').run(view);
  db.close();
}
