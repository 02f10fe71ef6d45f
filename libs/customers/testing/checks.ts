import type { Draft, EventType } from '#kernel';
import { Value } from 'typebox/value';

import { customerEventTypes, isCustomerEvent } from '../event-types.js';

/**
 * What is wrong with a draft by its own type: data that its schema does not describe, or envelopes
 * that it does not declare. Undefined where nothing is.
 */
export function faultOf(draft: Draft): string | undefined {
  if (!isCustomerEvent(draft.type)) return `${draft.type} is no type of a customer's stream`;
  const type: EventType = customerEventTypes[draft.type];
  const errors = Value.Errors(type.data, draft.data);
  const [first] = errors;
  if (first !== undefined) return `${draft.type}${first.instancePath}: ${first.message}`;
  const stray = (draft.personal ?? []).find(({ category }) => !type.seals.includes(category));
  return stray === undefined ? undefined : `${draft.type} does not declare ${stray.category}`;
}
