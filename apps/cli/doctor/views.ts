import { customerViews } from '#customers';
import type { InspectedLog } from '#event-log';
import type { Instant, Position } from '#kernel';
import { millisOf } from '#kernel';
import type { Build } from '#views';

import type { Check } from './check.js';
import { advice, failure, ok, skipped, warning } from './check.js';
import type { Patient } from './patient.js';
import { spanText } from './texts.js';

/** A projector that is followed after its death is back within this time. */
const LATE_MILLIS = 10_000;
/** So many events behind are counted; beyond, it is said that there are more. */
const COUNTED = 1_000;

/** How each view stands, and how far it is behind the log. */
export async function lookAtViews(patient: Patient): Promise<readonly Check[]> {
  const seen = await patient.views();
  const hasProcesses = await patient.hasProcesses();
  if (seen === undefined || seen.builds.length === 0) {
    return (await patient.standing()) === 'some'
      ? [missing('views', 'there are none yet', hasProcesses)]
      : [skipped('views', 'there is no ledger yet')];
  }
  const { builds } = seen;
  const behind = await behindOf(patient, builds);
  const known = new Set<string>(customerViews.map(({ name }) => name));
  const isLive = (name: string) =>
    builds.some(({ view, state }) => view === name && state === 'live');
  return [
    ...customerViews
      .filter(({ name }) => !isLive(name))
      .map(({ name }) => missing('view-missing', `${name}: no build of it is live`, hasProcesses)),
    ...builds
      .filter(({ view, state }) => known.has(view) && state !== 'retired')
      .flatMap((build) => lookAtBuild(build, behind.get(build.checkpoint), hasProcesses)),
    ...builds.filter(({ view }) => !known.has(view)).map(unknown),
  ];
}

/** How much of the log a build has not folded. */
interface Behind {
  readonly events: number;
  /** Its first event that is not folded. */
  readonly since: Instant | undefined;
  /** The build has folded what the log does not have. */
  readonly isAhead: boolean;
  readonly millis: number;
}

/** Looked up after the views, so that none is taken for ahead that has only gone on. */
async function behindOf(
  patient: Patient,
  builds: readonly Build[],
): Promise<ReadonlyMap<Position, Behind>> {
  const checkpoints = [...new Set(builds.map(({ checkpoint }) => checkpoint))];
  const look = async (log: InspectedLog) => {
    const head = await log.head();
    const found = new Map<Position, Behind>();
    for (const checkpoint of checkpoints) {
      found.set(checkpoint, await behindAt(log, checkpoint, head, patient.clock.now()));
    }
    return found;
  };
  // Whoever looks at the log says what is wrong with it.
  return (await patient.withLog(look).catch(() => undefined)) ?? new Map<Position, Behind>();
}

async function behindAt(
  log: InspectedLog,
  checkpoint: Position,
  head: Position,
  now: Instant,
): Promise<Behind> {
  if (checkpoint >= head) {
    return { events: 0, since: undefined, isAhead: checkpoint > head, millis: 0 };
  }
  const lacking = await log.readAll(checkpoint, COUNTED + 1);
  const since = lacking[0]?.metadata.recordedAt;
  const millis = since === undefined ? 0 : Math.max(0, millisOf(now) - millisOf(since));
  return { events: lacking.length, since, isAhead: false, millis };
}

function lookAtBuild(
  build: Build,
  behind: Behind | undefined,
  hasProcesses: boolean,
): readonly Check[] {
  if (build.parked !== undefined) return [parked(build)];
  return [...versionOf(build), standing(build, behind, hasProcesses)];
}

function parked({ view, parked: at, state }: Build): Check {
  return failure('view-parked', {
    of: view,
    seen:
      `stands still at ${at?.position ?? '?'} since ${at?.at ?? '?'}: ${at?.reason ?? '?'}` +
      `${state === 'live' ? '; queries are stale' : ' (a rebuild)'}, erasures stay open`,
    mend: `mend what the reason names (most often: run the newest version), then: ledger views retry ${view}`,
  });
}

function versionOf({ view, version, state }: Build): readonly Check[] {
  const wanted = customerViews.find(({ name }) => name === view)?.version;
  if (state !== 'live' || wanted === version) return [];
  return [
    warning('view-version', {
      of: view,
      seen: `is of version ${String(version)}, this program's is ${String(wanted)}: queries wait`,
      mend: 'run one version of the ledger everywhere; its server makes the view anew',
    }),
  ];
}

function standing(
  { view, state, checkpoint }: Build,
  behind: Behind | undefined,
  hasProcesses: boolean,
): Check {
  const kind = state === 'live' ? '' : 'being made anew: ';
  if (behind === undefined) {
    const at = checkpoint === '' ? 'its beginning' : checkpoint;
    return ok('view', `${kind}at ${at}; the log could not be compared`, view);
  }
  if (behind.isAhead) return ahead(view, checkpoint);
  if (behind.events === 0) return ok('view', `${kind}up to date`, view);
  const count = behind.events > COUNTED ? `more than ${String(COUNTED)}` : String(behind.events);
  const seen = `${kind}${count} ${behind.events === 1 ? 'event' : 'events'} behind, the oldest ${spanText(behind.millis)} old`;
  if (!hasProcesses) {
    return advice('view-behind', { of: view, seen, mend: 'start a server: it catches up' });
  }
  if (state !== 'live' || behind.millis <= LATE_MILLIS) return ok('view', seen, view);
  return warning('view-behind', {
    of: view,
    seen: `${seen}: queries are stale`,
    mend: 'see that a server with ROLE=projector or all runs, and what its log says of views',
  });
}

function ahead(view: string, checkpoint: Position): Check {
  return failure('view-ahead', {
    of: view,
    seen: `has folded up to ${checkpoint}, which the log does not reach: the log is older than the views`,
    mend:
      'if it was put back from a backup, nothing: the next start makes views anew; if not, find the ' +
      'newer log before a server is started',
  });
}

function missing(code: string, seen: string, hasProcesses: boolean): Check {
  const finding = {
    seen: `${seen}: queries wait`,
    mend: 'start a server: it makes views of the log',
  };
  return hasProcesses ? warning(code, finding) : advice(code, finding);
}

function unknown({ view, build }: Build): Check {
  return advice('view-unknown', {
    of: view,
    seen: `build ${String(build)} is of a view that this program does not have`,
    mend: 'run the newest version; if it was taken out of that, the build can be dropped',
  });
}
