import type { EventId, JsonObject } from '#kernel';
import type { Opener } from '#vault';
import type { OpenEnvelopes } from '#views';

/** Opens envelopes for views: what is erased or withheld has no value, what fails throws. */
export function openForViews(opener: Opener): OpenEnvelopes {
  return async (wanted) => {
    const categories = new Map(wanted.map((one) => [one.event.id, one.categories]));
    const opened = await opener.openEvents(
      wanted.map((one) => one.event),
      (event, ref) => categories.get(event.id)?.includes(ref.category) ?? false,
    );
    const values = new Map<EventId, Map<string, JsonObject>>();
    wanted.forEach(({ event }, at) => {
      const ofEvent = new Map<string, JsonObject>();
      for (const { ref, opening } of opened[at] ?? []) {
        if (opening.kind === 'present') {
          ofEvent.set(`${ref.subject}:${ref.category}`, opening.value);
        }
      }
      values.set(event.id, ofEvent);
    });
    return (event, subject, category) => values.get(event)?.get(`${subject}:${category}`);
  };
}
