import type { EventId, JsonObject } from '#kernel';
import type { Opener } from '#vault';
import type { OpenEnvelopes } from '#views';

/** Opens envelopes for views. */
export function openFor(opener: Opener): OpenEnvelopes {
  return async (wanted) => {
    const values = new Map<EventId, Map<string, JsonObject>>();
    for (const { event, categories } of wanted) {
      const ofEvent = new Map<string, JsonObject>();
      for (const { ref, opening } of await opener.openEvent(event, categories)) {
        if (opening.kind !== 'present') continue;
        ofEvent.set(`${ref.subject}:${ref.category}`, opening.value);
      }
      values.set(event.id, ofEvent);
    }
    return (event, subject, category) => values.get(event)?.get(`${subject}:${category}`);
  };
}
