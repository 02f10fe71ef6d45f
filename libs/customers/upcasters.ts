import { Upcasters } from '#kernel';
import { Type } from 'typebox';
import type { TObject } from 'typebox';

import { customerEventTypes } from './event-types.js';

const closed = { additionalProperties: false } as const;

/** The plain data of an event type in a schema version that is not written any more. */
export interface OlderVersion {
  readonly name: string;
  readonly version: number;
  readonly data: TObject;
}

/** What a v1 category is called now; the others have kept their names. */
const CATEGORY_V1: Readonly<Record<string, string>> = { 'other-non-profit': 'non-profit' };

/** When v1 was written there was one privacy notice, and so everybody was shown it. */
const NOTICE_V1 = 1;

/** Versions that a log may still hold. */
export const olderCustomerVersions: readonly OlderVersion[] = [
  {
    name: 'CustomerRegistered',
    version: 1,
    data: Type.Object(
      {
        category: Type.Enum(['company', 'private', 'public-administration', 'other-non-profit']),
      },
      closed,
    ),
  },
];

/** The newest version of every event type of a customer's stream, and the way there from older. */
export function customerUpcasters(): Upcasters {
  const upcasters = new Upcasters();
  for (const { name, version } of Object.values(customerEventTypes)) {
    upcasters.declare(name, version);
  }
  return upcasters.step('CustomerRegistered', 1, ({ category, ...rest }) => ({
    ...rest,
    category: typeof category === 'string' ? (CATEGORY_V1[category] ?? category) : category,
    notice: NOTICE_V1,
  }));
}
