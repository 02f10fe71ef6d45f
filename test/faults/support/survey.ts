import { isDeepStrictEqual } from 'node:util';

import type { EventLog } from '#event-log';
import type { KeyId, Position, RecordedEvent } from '#kernel';
import { START } from '#kernel';

import type { Ledger } from '../../../apps/composition/index.js';
import { differingViews } from './folded.js';

/** All events of a log, in its order. */
export async function allEvents(log: EventLog): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let after: Position = START; ;) {
    const page = await log.readAll(after, 1_000);
    const last = page.at(-1);
    if (last === undefined) return events;
    events.push(...page);
    after = last.position;
  }
}

/** What does not hold in a ledger at rest; nothing, if all is well. */
export async function surveyOf(ledger: Ledger): Promise<readonly string[]> {
  const events = await allEvents(ledger.stores.log);
  return [
    ...doubledEvents(events),
    ...gaps(events),
    ...brokenCommands(events),
    ...unfinished(events),
    ...(await wrongKeys(ledger, events)),
    ...(await wrongKeks(ledger)),
    ...(await differingViews(ledger)),
  ];
}

function doubledEvents(events: readonly RecordedEvent[]): string[] {
  const seen = new Set<string>();
  return events.flatMap(({ id, type }) => {
    const isDoubled = seen.has(id);
    seen.add(id);
    return isDoubled ? [`${type} ${id} is there twice`] : [];
  });
}

function gaps(events: readonly RecordedEvent[]): string[] {
  const next = new Map<string, number>();
  return events.flatMap(({ stream, revision }) => {
    const expected = next.get(stream) ?? 0;
    next.set(stream, expected + 1);
    return revision === expected ? [] : [`${stream} has a gap before ${String(revision)}`];
  });
}

/** The events of one command lie together in one stream: it was carried out once. */
function brokenCommands(events: readonly RecordedEvent[]): string[] {
  const last = new Map<string, RecordedEvent>();
  return events.flatMap((event) => {
    const { command } = event.metadata;
    const before = last.get(command);
    last.set(command, event);
    const follows =
      before === undefined ||
      (before.stream === event.stream && before.revision + 1 === event.revision);
    return follows ? [] : [`command of ${event.type} was carried out twice`];
  });
}

/** Every event that ends keys is completed, and once. */
function unfinished(events: readonly RecordedEvent[]): string[] {
  return events.filter(endsKeys).flatMap((event) => {
    const completed = events.filter(({ type, data }) =>
      event.type === 'ErasureStarted'
        ? type === 'SubjectErased' && data.started === event.id
        : type === 'KeysDestroyed' && data.cause === event.id,
    );
    return completed.length === 1
      ? []
      : [`${event.type} was completed ${String(completed.length)} times`];
  });
}

function endsKeys({ type, data }: RecordedEvent): boolean {
  return type === 'ErasureStarted' || (Array.isArray(data.ends) && data.ends.length > 0);
}

/** Keys that the log tells to be destroyed. */
export function destroyedKeys(events: readonly RecordedEvent[]): ReadonlySet<KeyId> {
  const keys = events.flatMap(({ type, data }) => {
    if (type === 'ErasureRepeated') return data.parts as { key: KeyId }[];
    const isDone = type === 'SubjectErased' || type === 'KeysDestroyed';
    return isDone ? (data.keys as { key: KeyId }[]) : [];
  });
  return new Set(keys.map(({ key }) => key));
}

/** A key is destroyed if and only if the log says so; what lives opens, what does not is erased. */
async function wrongKeys(ledger: Ledger, events: readonly RecordedEvent[]): Promise<string[]> {
  const gone = destroyedKeys(events);
  ledger.keys.clear();
  const states = await ledger.stores.vault.vault.unwrap([...gone]);
  const alive = [...gone].filter((key) => states.get(key)?.state !== 'destroyed');
  const opened = await ledger.opener.openEvents(events);
  const wrong = opened.flatMap((envelopes, at) =>
    envelopes.flatMap(({ ref, opening }) => {
      const expected = gone.has(ref.key) ? 'erased' : 'present';
      const { type = '' } = events[at] ?? {};
      return opening.kind === expected ? [] : [`${ref.category} of ${type} is ${opening.kind}`];
    }),
  );
  return [...alive.map((key) => `key ${key} is destroyed by the log, and not`), ...wrong];
}

/** One KEK is the current one, and everything is under it. */
async function wrongKeks(ledger: Ledger): Promise<string[]> {
  const keks = await ledger.stores.vault.rotation.kekStatus();
  const current = keks.filter(({ state }) => state === 'current');
  const under = keks.filter(({ state, liveRows }) => state !== 'current' && liveRows > 0);
  return isDeepStrictEqual([current.length, under.length], [1, 0])
    ? []
    : ['keys are under more than one KEK'];
}
