import { compare, type Compared } from './comparing.js';
import type { Head, Standing } from './heads.js';
import { judgeKeys, unexplained, type Envelopes } from './key-verdicts.js';
import { placesInLog, placesInStreams, placesInTree } from './places.js';
import { endedSince, waitingFrom, type Waiting } from './reading.js';
import { MOST_PLACES, type AuditReport, type Place } from './report.js';
import { Sheet } from './sheet.js';
import type { Judged } from './sources.js';
import type { Fault } from './verdicts.js';

/** What is found by judging; of heads, which are explained. */
export type JudgedParts = Pick<
  AuditReport,
  'totals' | 'envelopes' | 'faults' | 'places' | 'tiles' | 'unsigned' | 'agreesTo' | 'differsBy'
> & { readonly explained: ReadonlySet<number> };

/** Gives every event its verdict. */
export async function judge(
  judged: Judged,
  heads: readonly Head[],
  standings: readonly Standing[],
): Promise<JudgedParts> {
  const compared = await compare(judged, heads, standings);
  const sheet = sheetOf(judged, compared);
  const envelopes = await judgedKeys(judged, sheet);
  const waiting = await judged.log((log) =>
    waitingFrom(log, judged.examined, compared.boundary, judged.until),
  );
  const found = [...judged.faults, ...compared.faults];
  const faults = [...found, ...overdue(judged, found, waiting)];
  const { damaged, narrowed } = compared;
  return {
    totals: sheet.totals(),
    envelopes,
    faults,
    places: await placesOf(judged, compared, sheet),
    tiles: {
      state: compared.tiles,
      damaged: damaged.slice(0, MOST_PLACES),
      damagedCount: damaged.length,
    },
    unsigned: { count: sheet.totals().UNSIGNED, oldestMillis: ageOf(judged, waiting) },
    agreesTo: narrowed?.agreesTo,
    differsBy: narrowed?.differsBy,
    explained: compared.explained,
  };
}

function sheetOf({ examined }: Judged, compared: Compared): Sheet {
  const { differences, signed, boundary, strays } = compared;
  const sheet = new Sheet(examined.size);
  for (let at = boundary; at < sheet.size; at += 1) sheet.put(at, 'UNSIGNED');
  for (const { at, was } of differences.altered) {
    // Of a leaf that is not signed it is not known whether the tile or the event was changed.
    sheet.put(at, was < signed ? 'ALTERED' : 'UNSIGNED');
  }
  for (const { at } of differences.reordered) sheet.put(at, 'REORDERED');
  for (const at of differences.unknown) sheet.put(at, at < boundary ? 'INSERTED' : 'UNSIGNED');
  for (const at of examined.unreadable) {
    // The ledger writes nothing but JSON; what was signed is what it was all the same.
    if (sheet.of(at) === 'UNSIGNED') sheet.put(at, 'ALTERED');
  }
  for (const at of examined.hidden) {
    const verdict = sheet.of(at);
    if (verdict === 'INTACT' || verdict === 'UNSIGNED') sheet.put(at, 'MISSING');
  }
  sheet.count('MISSING', differences.absent.length);
  // What is in its stream still may be what is gone from the log: then it is counted there.
  if (strays.length > differences.absent.length) sheet.count('INSERTED', strays.length);
  return sheet;
}

/** An erasure may have begun while the log was read: its event is looked for before a key is lost. */
async function judgedKeys({ examined, log, until }: Judged, sheet: Sheet): Promise<Envelopes> {
  const open = unexplained(examined);
  const later =
    open.size === 0 ? undefined : await log((opened) => endedSince(opened, examined, until, open));
  return judgeKeys(examined, sheet, later);
}

async function placesOf(
  judged: Judged,
  compared: Compared,
  sheet: Sheet,
): Promise<readonly Place[]> {
  const inLog = await judged.log((log) => placesInLog(log, judged.examined, sheet, compared));
  const inTree = await judged.tree?.((tree) => placesInTree(tree, compared));
  return [...(inLog ?? []), ...(inTree ?? []), ...placesInStreams(compared)];
}

/** Where a root differs, how long something waits says nothing more. */
function overdue(judged: Judged, found: readonly Fault[], waiting: Waiting | undefined): Fault[] {
  const age = ageOf(judged, waiting);
  if (found.length > 0 || age === undefined || age <= judged.patienceMillis) return [];
  return [{ fault: 'unsigned-too-long' }];
}

function ageOf({ nowMillis }: Judged, waiting: Waiting | undefined): number | undefined {
  const oldest = waiting?.oldestMillis;
  if (oldest === undefined) return undefined;
  return Math.max(0, (nowMillis ?? waiting?.newestMillis ?? oldest) - oldest);
}
