import type { JsonObject, KeyRef, RecordedEvent } from '#kernel';

/** An event as it is shown to who may see no value: of envelopes nothing but which key they lie under. */
export interface ShownEvent extends Omit<RecordedEvent, 'data'> {
  readonly data: JsonObject;
  readonly sealed: readonly KeyRef[];
}

/** An event without what is sealed in it. */
export function shownEvent(event: RecordedEvent): ShownEvent {
  const { position, stream, revision, id, type, metadata } = event;
  const sealed = (event.data.sealed ?? []).map(({ subject, category, scope, key }) => ({
    subject,
    category,
    scope,
    key,
  }));
  return { position, stream, revision, id, type, metadata, data: plainOf(event), sealed };
}

/** The data of an event that lie in no envelope. */
export function plainOf(event: RecordedEvent): JsonObject {
  return Object.fromEntries(Object.entries(event.data).filter(([name]) => name !== 'sealed'));
}
