import { accountabilityEventTypes } from '#accountability';
import { customerUpcasters } from '#customers';
import { evidenceEventTypes } from '#evidence';
import type { Upcasters } from '#kernel';

/** How events of all types are lifted to the newest schema version. */
export function upcastersOfAll(): Upcasters {
  const upcasters = customerUpcasters();
  for (const { name, version } of Object.values({
    ...accountabilityEventTypes,
    ...evidenceEventTypes,
  })) {
    upcasters.declare(name, version);
  }
  return upcasters;
}
