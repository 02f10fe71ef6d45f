import {
  derivedId,
  randomId,
  streamName,
  systemClock,
  type CommandId,
  type EventData,
  type EventId,
  type NewEvent,
  type RecordedEvent,
  type StreamName,
} from '#kernel';

/** A stream that no other case uses, so that a shared server will do. */
export function aStream(): StreamName {
  return streamName(`case-${randomId<EventId>()}`);
}

/** An event as the ledger writes them, with the data given. */
export function anEvent(data: EventData = { n: 1 }, id: EventId = randomId()): NewEvent {
  const command = randomId<CommandId>();
  return {
    id,
    type: 'NumberSeen',
    metadata: {
      actor: 'ledger',
      purpose: 'customer-relationship',
      source: 'staff',
      command,
      fingerprint: 'sha256:none',
      causation: derivedId<EventId>(command, 'cause'),
      correlation: command,
      schema: 1,
      recordedAt: systemClock.now(),
      salt: 'AAAAAAAAAAAAAAAAAAAAAA',
    },
    data,
  };
}

/** So many events, numbered from 0. */
export function someEvents(count: number): NewEvent[] {
  return Array.from({ length: count }, (_, n) => anEvent({ n }));
}

/** What was handed in of an event that was read back. */
export function given(event: RecordedEvent): NewEvent {
  return { id: event.id, type: event.type, metadata: event.metadata, data: event.data };
}

/** All events, or whatever it is, of pages that end by themselves. */
export async function all<T = RecordedEvent>(
  pages: AsyncIterable<readonly T[]>,
): Promise<readonly T[]> {
  const events: T[] = [];
  for await (const page of pages) events.push(...page);
  return events;
}

/** The first so many events of a subscription, which is then left. */
export async function firstOf(
  count: number,
  pages: AsyncIterable<readonly RecordedEvent[]>,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of pages) {
    events.push(...page);
    if (events.length >= count) break;
  }
  return events;
}
