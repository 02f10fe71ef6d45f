import type { Envelope, JsonObject } from '#kernel';
import type { LiveKey } from '#vault';
import { seal, sealingContext } from '#vault';

/** An envelope of contact data, sealed as the ledger does. */
export function sealedWith(
  place: Parameters<typeof sealingContext>[0],
  { ref, dek }: LiveKey,
  value: JsonObject,
): Envelope & JsonObject {
  const context = sealingContext(place, ref);
  return { ...ref, ...seal(dek, context, value) };
}
