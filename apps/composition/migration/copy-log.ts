import type { EventLog, StoredContent, StoredEvent, StoredEvents } from '#event-log';
import { bytesIn, textIn } from '#event-log';
import type { EventData, Metadata, NewEvent, Position } from '#kernel';
import { canonicalBytes, faultPoint, IntegrityError, isJsonObject, START } from '#kernel';

import { isSameEvent, StoredReader } from './stored-reader.js';

/** What a log needs to be copied. */
type Log = EventLog & StoredEvents;

const PAGE = 2_000;
/** One append holds no more events, and no more data in bytes or characters, than this. */
const MOST_EVENTS = 500;
const MOST_BYTES = 524_288;

/** Events of one stream that follow each other in the log. */
interface Run {
  readonly events: StoredEvent[];
  bytes: number;
}

/**
 * Appends to the target what it has not yet: each event with its own id, at its own revision, in the
 * order of the source. How far it has come is what the target holds.
 * @param together how many appends may be under way: more than one only where they are carried out in
 * the order in which they are asked for
 * @throws IntegrityError `not-a-copy` where the target holds what the source does not;
 * `event-unreadable` where an event of the source is not as the ledger writes it
 */
export async function copyLog(
  from: Log,
  to: Log,
  together: number,
  onEvents: (events: number) => void,
): Promise<void> {
  let { after, count } = await beginning(from, to, onEvents);
  for (;;) {
    const page = await from.readStored(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    const runs = runsOf(page);
    for (let at = 0; at < runs.length; at += together) {
      await Promise.all(runs.slice(at, at + together).map((run) => append(to, run)));
    }
    faultPoint('migrate.log-page');
    after = last.position;
    count += page.length;
    onEvents(count);
  }
}

/** Where the source goes on after what the target has of it. */
async function beginning(
  from: Log,
  to: Log,
  onEvents: (events: number) => void,
): Promise<{ readonly after: Position; readonly count: number }> {
  const [source, target] = [new StoredReader(from), new StoredReader(to)];
  let after = START;
  for (let count = 0; ; count += 1) {
    const there = await target.next();
    if (there === undefined) return { after, count };
    const here = await source.next();
    if (here === undefined || !isSameEvent(here, there)) {
      throw new IntegrityError('not-a-copy', 'the log of the target has events of its own');
    }
    after = here.position;
    if (count % PAGE === 0) onEvents(count);
  }
}

function runsOf(page: readonly StoredEvent[]): readonly Run[] {
  const runs: Run[] = [];
  for (const event of page) {
    const run = runs.at(-1);
    const before = run?.events.at(-1);
    const follows = before?.stream === event.stream && before.revision + 1 === event.revision;
    const bytes = event.data.length;
    const isFull =
      run === undefined || run.events.length >= MOST_EVENTS || run.bytes + bytes > MOST_BYTES;
    if (!follows || isFull) {
      runs.push({ events: [event], bytes });
      continue;
    }
    run.events.push(event);
    run.bytes += bytes;
  }
  return runs;
}

async function append(to: EventLog, { events }: Run): Promise<void> {
  const [first] = events;
  if (first === undefined) return;
  const expected = first.revision === 0 ? 'no-stream' : first.revision - 1;
  await to.append(first.stream, expected, events.map(asNew));
}

/** The same bytes come out again, or it is not copied: its leaf would be another. */
function asNew({ id, type, metadata, data, position }: StoredEvent): NewEvent {
  const read = { metadata: canonical(metadata), data: canonical(data) };
  if (read.metadata === undefined || read.data === undefined) {
    throw new IntegrityError(
      'event-unreadable',
      `event-log: the event at ${position} is not as it was written; ledger evidence verify tells`,
    );
  }
  // Its members are not looked at: they are those of the event that is copied.
  return { id, type, metadata: read.metadata as Metadata, data: read.data as EventData };
}

function canonical(content: StoredContent): unknown {
  try {
    const value: unknown = JSON.parse(textIn(content) ?? '');
    const isSame = isJsonObject(value) && canonicalBytes(value).equals(bytesIn(content));
    return isSame ? value : undefined;
  } catch {
    return undefined;
  }
}
