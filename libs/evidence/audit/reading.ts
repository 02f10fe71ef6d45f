import type { InspectedLog, StoredEvent } from '#event-log';
import type { Position } from '#kernel';
import { millisOf, parseInstant } from '#kernel';

import { EVIDENCE_STREAM } from '../checkpoints/decider.js';
import { objectIn } from '../tree/hashing.js';
import { keysTold } from '../verifier/index.js';
import type { Examined } from './examined.js';
import { idBytes } from '../ids.js';
import { PAGE } from './scan.js';

type Log = Pick<InspectedLog, 'readStored'>;

/** Reads events again, by their indices, each page once. @param indices ascending */
export async function eventsAt(
  log: Log,
  examined: Examined,
  indices: readonly number[],
): Promise<ReadonlyMap<number, StoredEvent>> {
  const found = new Map<number, StoredEvent>();
  let page: { readonly at: number; readonly events: readonly StoredEvent[] } | undefined;
  for (const index of indices) {
    const { at, after } = examined.pageOf(index);
    if (page?.at !== at) page = { at, events: await log.readStored(after, PAGE) };
    const event = page.events[index - at];
    if (event !== undefined) found.set(index, event);
  }
  return found;
}

/** How many events stand at or before a position. */
export async function countUpTo(log: Log, examined: Examined, position: Position): Promise<number> {
  const { at, after } = examined.pageBefore(position);
  const events = await log.readStored(after, PAGE);
  return at + events.filter((event) => event.position <= position).length;
}

/** What waits for a checkpoint from an index on. */
export interface Waiting {
  readonly count: number;
  /** Of those that are no evidence themselves; 0 where one does not say when it was recorded. */
  readonly oldestMillis: number | undefined;
  /** When the newest of the log was recorded; undefined where none says. */
  readonly newestMillis: number | undefined;
}

/** @param until the last event that counts */
export async function waitingFrom(
  log: Log,
  examined: Examined,
  index: number,
  until: Position,
): Promise<Waiting> {
  let oldestMillis: number | undefined;
  let newestMillis: number | undefined;
  const from = Math.max(0, Math.min(index, examined.size - 1));
  let { at, after } = examined.pageOf(from);
  while (after < until) {
    const page = await log.readStored(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    for (const event of page) {
      if (event.position > until) break;
      const millis = recordedMillis(event);
      if (millis !== undefined) newestMillis = Math.max(newestMillis ?? 0, millis);
      if (at >= index && event.stream !== EVIDENCE_STREAM) {
        oldestMillis = Math.min(oldestMillis ?? Number.POSITIVE_INFINITY, millis ?? 0);
      }
      at += 1;
    }
    after = last.position;
  }
  return { count: Math.max(0, examined.size - index), oldestMillis, newestMillis };
}

function recordedMillis({ metadata }: StoredEvent): number | undefined {
  const recordedAt = objectIn(metadata)?.recordedAt;
  if (typeof recordedAt !== 'string') return undefined;
  try {
    return millisOf(parseInstant(recordedAt, 'recordedAt'));
  } catch {
    return undefined;
  }
}

/** Of some keys those that events after a position end: what came while the log was read. */
export async function endedSince(
  log: Log,
  examined: Examined,
  position: Position,
  keys: ReadonlySet<number>,
): Promise<ReadonlySet<number>> {
  const ended = new Set<number>();
  for (let after = position; ended.size < keys.size;) {
    const page = await log.readStored(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    for (const { type, data } of page) {
      for (const key of keysTold(type, objectIn(data) ?? {}).ended) {
        const number = examined.keys.number(idBytes(key));
        if (keys.has(number)) ended.add(number);
      }
    }
    after = last.position;
  }
  return ended;
}
