import fc from 'fast-check';

import type { EventId, KeyId, SubjectId } from '#kernel';
import { derivedId, instantOf } from '#kernel';

import type { CustomerCommand } from '../commands.js';
import { caseNumberOf, parseCaseNumber } from '../ids.js';
import type { CustomerState } from '../state.js';
import {
  CUSTOMER_CATEGORIES,
  ERASABLE,
  ERASURE_GROUNDS,
  RESTRICTION_GROUNDS,
  USES,
} from '../vocabulary.js';
import { day, voucher } from './samples.js';

/** One step of a customer's life, drawn at random; what it means depends on what was before. */
export interface Step {
  readonly kind: number;
  readonly pick: number;
  readonly word: string;
}

/** Steps, of which sequences make sense often enough. */
export const steps: fc.Arbitrary<Step> = fc.record({
  kind: fc.nat({ max: 99 }),
  pick: fc.nat({ max: 47 }),
  word: fc.constantFrom('x', 'Ä', '漢', 'a longer one with words in it'),
});

type Maker = (step: Step, subject: SubjectId, state: CustomerState) => CustomerCommand;

/** The command that a step is in the state that it comes upon. */
export function commandOf(step: Step, subject: SubjectId, state: CustomerState): CustomerCommand {
  const maker = MAKERS[step.kind % MAKERS.length] ?? register;
  return maker(step, subject, state);
}

const register: Maker = ({ pick, word }, subject) => ({
  do: 'register',
  subject,
  category: from(CUSTOMER_CATEGORIES, pick),
  identity: { lastName: word },
  contact: pick % 2 === 0 ? { email: `${word}@example.fi`, phone: '1' } : undefined,
  affiliation: pick % 3 === 0 ? { organisation: word } : undefined,
});

/** Of a pick, what chooses among things; its remainder by 2, 3 or 4 chooses what is done. */
const item = (pick: number) => Math.floor(pick / 4);

/** A day of a year whose vouchers are kept by law, or not any more. */
const dateOf = (pick: number) => `${String(2015 + item(pick))}-0${String((pick % 9) + 1)}-15`;
const ON = day('2026-02-01');

const MAKERS: readonly Maker[] = [
  register,
  ({ word, pick }, subject) => ({
    do: 'update-identity',
    subject,
    changes: { firstName: pick % 3 === 0 ? null : word },
  }),
  ({ word, pick }, subject) => ({
    do: 'update-contact',
    subject,
    changes: { phone: pick % 3 === 0 ? null : word, email: `${word}@example.fi` },
  }),
  ({ word }, subject) => ({
    do: 'update-affiliation',
    subject,
    changes: { organisation: word },
  }),
  ({ word, pick }, subject) => ({
    do: 'start-contact-role',
    subject,
    organisation: otherThan(subject, pick % 2),
    affiliation: { organisation: word },
    on: ON,
  }),
  ({ pick }, subject, { roles }) => ({
    do: 'end-contact-role',
    subject,
    organisation: from(roles, item(pick)) ?? otherThan(subject, 0),
    on: ON,
  }),
  ({ pick }, subject) => ({
    do: 'record-order',
    subject,
    order: derivedId(subject, `order:${String(item(pick))}`),
    voucher: voucher(dateOf(pick)),
  }),
  ({ pick }, subject, { orders }) => ({
    do: 'cancel-order',
    subject,
    order: from(Object.keys(orders), item(pick)) ?? subject,
    on: ON,
  }),
  ({ pick }, subject) => ({
    do: 'open-invoice',
    subject,
    invoice: derivedId(subject, `invoice:${String(item(pick))}`),
    voucher: voucher(dateOf(pick)),
  }),
  ({ pick }, subject, { invoices }) => ({
    do: pick % 4 === 0 ? 'credit-invoice' : 'settle-invoice',
    subject,
    invoice: from(Object.keys(invoices), item(pick)) ?? subject,
    on: ON,
  }),
  ({ pick }, subject, { invoices }) => ({
    do: pick % 2 === 0 ? 'start-collection' : 'end-collection',
    subject,
    invoice: from(Object.keys(invoices), item(pick)) ?? subject,
    on: ON,
  }),
  ({ pick }, subject) => ({
    do: 'record-invoice',
    subject,
    voucher: voucher(dateOf(pick)),
    settledOn: pick % 2 === 0 ? ON : undefined,
  }),
  ({ pick }, subject) => ({
    do: pick % 2 === 0 ? 'end-customership' : 'resume-customership',
    subject,
    on: ON,
  }),
  ({ pick }, subject) => ({
    do: pick % 3 === 0 ? 'allow-use' : 'forbid-use',
    subject,
    use: from(USES, item(pick)),
  }),
  ({ pick }, subject) => ({ do: 'restrict', subject, ground: from(RESTRICTION_GROUNDS, pick) }),
  (_, subject) => ({ do: 'lift-restriction', subject, toldAt: instantOf(0) }),
  ({ pick }, subject) => ({
    do: 'request-erasure',
    subject,
    case: caseNumberOf(String(item(pick))),
    ground: from(ERASURE_GROUNDS, pick),
    categories: pick === 0 ? ERASABLE : [from(ERASABLE, pick)],
    reply: pick % 2 === 0 ? { language: 'sv' } : undefined,
  }),
  ({ pick }, subject, { cases }) => ({
    do: from(['withdraw-erasure', 'continue-erasure', 'close-case'] as const, pick),
    subject,
    case: parseCaseNumber(from(Object.keys(cases), item(pick)) ?? caseNumberOf('none')),
  }),
  ({ pick }, subject, { endings }) =>
    completing(subject, from(Object.entries(endings), item(pick))),
  ({ pick }, subject, state) => ({
    do: 'record-key-lost',
    subject,
    keys: pick < 40 ? [] : keysOf(state).slice(0, 1),
  }),
  ({ pick }, subject, state) => ({
    do: 'repeat-erasure',
    subject,
    keys: pick < 40 ? [] : keysOf(state).slice(-1),
    knownBy: ['anchor'],
    first: subject,
  }),
  ({ pick }, subject, state) => ({
    do: 'disclose-envelope',
    subject,
    event: subject as string as EventId,
    key: keysOf(state).at(-1 - (pick % 2)) ?? (subject as string as KeyId),
    recipient: pick % 3 === 0 ? 'nobody' : 'authorities',
  }),
];

function completing(
  subject: SubjectId,
  ending: [string, CustomerState['endings'][string]] | undefined,
): CustomerCommand {
  const [cause = subject, { parts, case: number } = { parts: [] }] = ending ?? [];
  const keys = parts.map(({ key }) => ({ key: key as KeyId, fingerprint: 'print' }));
  if (number === undefined) return { do: 'complete-ending', subject, cause, keys };
  const at = instantOf(0);
  return {
    do: 'complete-erasure',
    subject,
    completion: {
      started: cause,
      keys: [],
      kept: [],
      stores: ['vault'],
      disclosed: [],
      unreadableSince: at,
      unreadableInCopiesBy: at,
      signature: 'signed',
      signer: 'ledger',
    },
  };
}

function keysOf({ keys }: CustomerState): KeyId[] {
  return Object.values(keys).flatMap((scopes) => Object.values(scopes).map(({ key }) => key));
}

function otherThan(subject: SubjectId, which: number): SubjectId {
  return derivedId<SubjectId>(subject, `organisation:${String(which)}`);
}

function from<T>(list: readonly [T, ...T[]], pick: number): T;
function from<T>(list: readonly T[], pick: number): T | undefined;
function from<T>(list: readonly T[], pick: number): T | undefined {
  return list.length === 0 ? undefined : list[pick % list.length];
}
