import type { Envelope, EventId, JsonObject, StreamName } from '#kernel';
import { streamName } from '#kernel';
import type { LiveKey } from '#vault';
import { seal, sealingContext } from '#vault';

/** An envelope of a contact change, sealed as the ledger does. */
export function sealedWith(
  stream: string,
  event: EventId,
  { ref, dek }: LiveKey,
  value: JsonObject,
): Envelope & JsonObject {
  const name: StreamName = streamName(stream);
  const context = sealingContext({ stream: name, event, type: 'ContactUpdated', schema: 1 }, ref);
  return { ...ref, ...seal(dek, context, value) };
}
