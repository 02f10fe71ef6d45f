import type { Category, Instant, JsonObject, KeyRef, StreamName, SubjectId } from '#kernel';
import type { Opener, Opening, SealedEvent } from '#vault';

import { customerStream } from '../ids.js';
import type { CustomerPolicy } from '../policy.js';
import type { CustomerDoc } from '../views/customers-view.js';
import { sealedEvent } from '../views/places.js';
import { PROFILE } from '../vocabulary.js';
import type { Withheld } from './access.js';
import { withholding } from './access.js';
import type { Caller } from './caller.js';

/** A value as a caller gets it. "Erased" is said only of what an erasure has ended. */
export type ShownValue =
  | { readonly state: 'present'; readonly value: JsonObject }
  | { readonly state: 'erased'; readonly at: Instant; readonly case?: string; readonly by?: string }
  | { readonly state: 'withheld'; readonly why: Withheld };

/** The values of one customer by category; a category that never was is left out. */
export type ShownValues = Readonly<Partial<Record<Category, ShownValue>>>;

/** Shows the current values of customers; the vault is asked once for all of them. */
export async function showCustomers(
  opener: Opener,
  caller: Caller,
  policy: CustomerPolicy,
  customers: readonly { readonly id: SubjectId; readonly doc: CustomerDoc }[],
): Promise<readonly ShownValues[]> {
  const plan = customers.map(({ id, doc }) => planOf(caller, policy, customerStream(id), doc));
  const opened = await opener.openEvents(plan.flatMap(({ toOpen }) => toOpen.map(([, at]) => at)));
  let next = 0;
  return plan.map(({ shown, toOpen }) => {
    const values: Record<string, ShownValue> = { ...shown };
    for (const [category] of toOpen) {
      const opening = opened[next++]?.[0]?.opening;
      if (opening !== undefined) values[category] = shownValue(opening);
    }
    return values;
  });
}

/** What an opening means to a caller. */
export function shownValue(opening: Opening): ShownValue {
  switch (opening.kind) {
    case 'present':
      return { state: 'present', value: opening.value };
    case 'erased':
      return { state: 'erased', at: opening.at, by: opening.by };
    case 'withheld':
      return { state: 'withheld', why: opening.why };
  }
}

interface Plan {
  readonly shown: Readonly<Record<string, ShownValue>>;
  readonly toOpen: readonly (readonly [KeyRef['category'], SealedEvent])[];
}

function planOf(
  caller: Caller,
  policy: CustomerPolicy,
  stream: StreamName,
  doc: CustomerDoc,
): Plan {
  const shown: Record<string, ShownValue> = {};
  const toOpen: (readonly [KeyRef['category'], SealedEvent])[] = [];
  for (const category of PROFILE) {
    const gone = doc.gone[category];
    const kept = doc.values[category];
    if (kept !== undefined) {
      const why = withholding(caller, doc, category, policy);
      if (why === undefined) toOpen.push([category, sealedEvent(stream, kept)]);
      else shown[category] = { state: 'withheld', why };
    } else if (gone !== undefined) {
      shown[category] = goneValue(gone);
    }
  }
  return { shown, toOpen };
}

function goneValue(gone: NonNullable<CustomerDoc['gone'][Category]>): ShownValue {
  switch (gone.state) {
    case 'erasing':
    case 'lost':
      return { state: 'withheld', why: gone.state };
    case 'erased':
      return {
        state: 'erased',
        at: gone.at,
        by: gone.by,
        ...(gone.case === undefined ? {} : { case: gone.case }),
      };
  }
}
