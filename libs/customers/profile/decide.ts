import type { Category, Deciding, JsonObject, Personal, Refusal, Scope, SubjectId } from '#kernel';
import { isJsonObject, isRefusal, refuse } from '#kernel';

import type { Changes, CommandOf } from '../commands.js';
import type { CustomerDraft } from '../event-types.js';
import type { CustomerPolicy } from '../policy.js';
import type { CustomerState } from '../state.js';
import { currentKey, currentScope, generationScope } from '../state.js';
import type { Part, ProfileCategory } from '../vocabulary.js';
import { PROFILE } from '../vocabulary.js';

type Decision = readonly CustomerDraft[] | Refusal;

/** Enters a customer into the register. A registration happens once. */
export function register(
  command: CommandOf<'register'>,
  state: CustomerState,
  policy: CustomerPolicy,
): Decision {
  if (state.category !== undefined) {
    return refuse('conflict', 'already-registered', 'This customer is in the register already.');
  }
  const scope = generationScope(1);
  const { subject, identity, contact, affiliation } = command;
  const personal: Personal[] = [{ subject, category: 'identity', scope, value: identity }];
  if (affiliation !== undefined) {
    personal.push({ subject, category: 'affiliation', scope, value: affiliation });
  }
  if (contact !== undefined) personal.push({ subject, category: 'contact', scope, value: contact });
  return [
    {
      type: 'CustomerRegistered',
      data: { category: command.category, notice: policy.notice },
      personal,
    },
  ];
}

const EVENT = {
  identity: 'IdentityUpdated',
  affiliation: 'AffiliationUpdated',
  contact: 'ContactUpdated',
} as const satisfies Record<ProfileCategory, CustomerDraft['type']>;

/**
 * Changes some fields of a category: the event carries its whole new value. Where a field is
 * removed, what stays is sealed under a new generation and the old key is ended with all it sealed
 * (Art. 16 and 5(1)(d)); no change is no event.
 */
export function update(
  category: ProfileCategory,
  changes: Changes<JsonObject>,
  subject: SubjectId,
  state: CustomerState,
  deciding: Deciding,
): Decision {
  const stands = standing(state, category);
  if (isRefusal(stands)) return stands;
  const opened = deciding.opened(subject, category);
  // What cannot be seen is not overwritten: an officer says first that it is lost.
  if (opened === undefined && currentKey(state, category)?.state === 'live') {
    return refuse('conflict', 'key-lost', `The key of ${category} is lost.`);
  }
  const before = opened ?? {};
  const value = withChanges(before, changes);
  if (sameJson(before, value)) return [];
  const invalid = checkValue(category, before, value);
  if (invalid !== undefined) return invalid;
  const removes = lacksSomeOf(before, value);
  const ends = removes ? endOfCurrent(state, category) : [];
  const scope = removes ? nextScope(state, category) : scopeToWrite(state, category);
  return [
    {
      type: EVENT[category],
      data: ends.length === 0 ? {} : { ends },
      personal: [{ subject, category, scope, value }],
    },
  ];
}

/** Changes several categories: all of them or none. */
export function updateProfile(
  command: CommandOf<'update-profile'>,
  state: CustomerState,
  deciding: Deciding,
): Decision {
  const drafts: CustomerDraft[] = [];
  for (const category of PROFILE) {
    const changes = command[category];
    if (changes === undefined) continue;
    const decided = update(category, changes, command.subject, state, deciding);
    if (isRefusal(decided)) return decided;
    drafts.push(...decided);
  }
  return drafts;
}

/** Whether a category still takes values: one that was erased does not. */
export function standing(state: CustomerState, category: ProfileCategory): Refusal | undefined {
  const key = currentKey(state, category);
  if (key === undefined || key.state === 'live' || key.state === 'lost') return undefined;
  return refuse(
    'conflict',
    'erased',
    `This customer's ${category} was erased and is not written again; register anew instead.`,
  );
}

/**
 * The scope that a value is added under: the current generation; a new one where the key of the
 * current was lost and an officer has accepted that.
 */
export function scopeToWrite(state: CustomerState, category: ProfileCategory): Scope {
  const isLost = currentKey(state, category)?.state === 'lost';
  return isLost ? nextScope(state, category) : (currentScope(state, category) ?? FIRST);
}

const FIRST = generationScope(1);

function nextScope(state: CustomerState, category: ProfileCategory): Scope {
  return generationScope(state.generation[category] + 1);
}

function endOfCurrent(state: CustomerState, category: ProfileCategory): Part[] {
  const scope = currentScope(state, category);
  const key = currentKey(state, category);
  return scope === undefined || key === undefined ? [] : [{ category, scope, key: key.key }];
}

function withChanges(before: JsonObject, changes: Changes<JsonObject>): JsonObject {
  const fields = new Map(Object.entries(before));
  for (const [field, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    if (value === null) fields.delete(field);
    else fields.set(field, value);
  }
  return Object.fromEntries(fields);
}

function checkValue(
  category: Category,
  before: JsonObject,
  value: JsonObject,
): Refusal | undefined {
  if (category === 'affiliation') return checkAffiliation(value);
  if (category !== 'identity') return undefined;
  if (value.customerNumber !== before.customerNumber) {
    return refuse(
      'unprocessable',
      'customer-number-fixed',
      'The customer number is given at registration and does not change.',
      'customerNumber',
    );
  }
  return hasName(value)
    ? undefined
    : refuse(
        'unprocessable',
        'name-missing',
        'A customer has a first name, a last name or the name of an organisation.',
        'lastName',
      );
}

/** All of it may go; a title at no organisation may not stay behind. */
function checkAffiliation(value: JsonObject): Refusal | undefined {
  if (value.organisation !== undefined || Object.keys(value).length === 0) return undefined;
  return refuse(
    'unprocessable',
    'organisation-missing',
    'An affiliation names an organisation.',
    'organisation',
  );
}

/** Whether an identity names anybody. */
export function hasName(identity: JsonObject): boolean {
  return (
    identity.firstName !== undefined ||
    identity.lastName !== undefined ||
    identity.organisationName !== undefined
  );
}

/** Whether something that was there is there no more, also within a field (a line of an address). */
function lacksSomeOf(before: JsonObject, after: JsonObject): boolean {
  return Object.entries(before).some(([field, value]) => {
    const now = after[field];
    if (now === undefined) return value !== undefined;
    return isJsonObject(value) && (!isJsonObject(now) || lacksSomeOf(value, now));
  });
}

/** Field order does not matter to canonical JSON, nor here. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const fieldsOf = (value: object) => new Map<string, unknown>(Object.entries(value));
  const [left, right] = [fieldsOf(a), fieldsOf(b)];
  return (
    left.size === right.size &&
    [...left].every(([field, value]) => right.has(field) && sameJson(value, right.get(field)))
  );
}
