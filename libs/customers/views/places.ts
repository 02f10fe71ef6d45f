import type { Envelope, EventId, JsonObject, RecordedEvent, StreamName } from '#kernel';
import type { SealedEvent } from '#vault';

/** An envelope with the coordinates that it opens at, as documents keep it. */
export type Kept = Readonly<{
  event: EventId;
  type: string;
  schema: number;
  envelope: Envelope & JsonObject;
}>;

/** Keeps one envelope of an event. */
export function keep(event: RecordedEvent, envelope: Envelope & JsonObject): Kept {
  return { event: event.id, type: event.type, schema: event.metadata.schema, envelope };
}

/** The event as far as opening its envelope needs it. */
export function sealedEvent(stream: StreamName, kept: Kept): SealedEvent {
  return {
    stream,
    id: kept.event,
    type: kept.type,
    metadata: { schema: kept.schema },
    data: { sealed: [kept.envelope] },
  };
}
