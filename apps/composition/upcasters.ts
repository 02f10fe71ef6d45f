import { accountabilityEventTypes } from '#accountability';
import { customerEventTypes, customerUpcasters } from '#customers';
import { evidenceEventTypes } from '#evidence';
import type { Upcasters } from '#kernel';

/** Every type of event that can stand in the log. */
export const EVENT_TYPES = {
  ...customerEventTypes,
  ...accountabilityEventTypes,
  ...evidenceEventTypes,
};

/** How events of all types are lifted to the newest schema version. */
export function upcastersOfAll(): Upcasters {
  const upcasters = customerUpcasters();
  for (const { name, version } of Object.values(EVENT_TYPES)) {
    upcasters.declare(name, version);
  }
  return upcasters;
}
