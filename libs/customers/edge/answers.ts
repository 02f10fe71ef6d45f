import { answer, COMMAND_FIELDS, named, NextCursor, orNull } from '#edge';
import { CATEGORIES, SOURCES } from '#kernel';
import { Type } from 'typebox';
import type { TSchema } from 'typebox';

import { catalogue } from '../catalogue.js';
import { SubjectErased, Wait } from '../erasure/events.js';
import { WITHHELD } from '../service/access.js';
import {
  At,
  CaseNumberText,
  CUSTOMER_CATEGORIES,
  Day,
  ERASABLE,
  ERASURE_GROUNDS,
  PROFILE,
  RESTRICTION_GROUNDS,
  USES,
  Uuid,
} from '../vocabulary.js';

const { personal } = catalogue({});

const Erased = named('ErasedValue', {
  state: Type.Literal('erased'),
  at: At,
  case: Type.Optional(CaseNumberText),
  by: Type.Optional(Type.String({ format: 'uuid', description: 'The event that took it.' })),
});
const Withheld = named('WithheldValue', {
  state: Type.Literal('withheld'),
  why: Type.Enum(WITHHELD),
});

/** A value as callers get it: there, erased, or withheld. */
function shown(value: TSchema) {
  return Type.Union([answer({ state: Type.Literal('present'), value }), Erased, Withheld]);
}

const Values = answer(
  Object.fromEntries(
    PROFILE.map((category) => [category, Type.Optional(shown(personal[category]))]),
  ),
);
const Uses = Type.Array(Type.Enum(USES));
const CustomerCategory = Type.Enum(CUSTOMER_CATEGORIES);
const RestrictionGround = orNull(Type.Enum(RESTRICTION_GROUNDS));

const customer = {
  id: Uuid,
  revision: Type.Integer({ description: 'The ETag.' }),
  category: CustomerCategory,
  notice: Type.Integer({ description: 'Version of the notice that was shown.' }),
  registeredAt: At,
  changedAt: At,
  endedOn: orNull(Day),
  restricted: Type.Boolean(),
  restrictionGround: RestrictionGround,
  waiting: Type.Boolean({ description: 'Whether an erasure waits for what holds it.' }),
  waitingCases: Type.Array(CaseNumberText),
  forbidden: Uses,
  linked: Type.Array(Uuid),
  absorbed: Type.Boolean(),
  contactPersonOf: Type.Array(Uuid),
  erased: Type.Boolean(),
  values: Values,
};
const Customer = named('Customer', customer);

/** The answer to a registration. */
export const RegisteredAnswer = named('Registered', {
  id: Uuid,
  ...COMMAND_FIELDS,
  possibleDuplicates: Type.Optional(
    Type.Array(answer({ id: Uuid }), { description: 'Others with the same email or telephone.' }),
  ),
});

/** The answer to a command that makes an order or an invoice. */
export const VoucherMade = named('VoucherMade', { id: Type.Optional(Uuid), ...COMMAND_FIELDS });

/** One customer, with the entries that are one with it. */
export const CustomerAnswer = named('CustomerWithLinked', {
  ...customer,
  linkedEntries: Type.Array(Customer),
});

/** Customers that were found. */
export const SearchAnswer = named('FoundCustomers', {
  customers: Type.Array(Customer),
  count: Type.Integer({ description: 'Of all pages.' }),
  cursor: NextCursor,
});

/** Orders and invoices. */
export const VouchersAnswer = named('Vouchers', {
  vouchers: Type.Array(
    named('Voucher', {
      id: Uuid,
      customer: Uuid,
      kind: Type.Enum(['order', 'invoice']),
      order: orNull(Uuid),
      financialYear: Day,
      status: Type.Enum(['recorded', 'cancelled', 'open', 'settled', 'credited']),
      collecting: Type.Boolean(),
      on: orNull(Day),
      recordedAt: At,
      content: shown(personal.orders),
    }),
  ),
  cursor: NextCursor,
});

/** What happened to a customer. */
export const HistoryAnswer = named('History', {
  entries: Type.Array(
    named('HistoryEntry', {
      position: Type.String(),
      stream: Type.String(),
      revision: Type.Integer(),
      id: Uuid,
      type: Type.String({ description: 'See the event catalogue.' }),
      at: At,
      actor: Type.String({ description: 'Id of an account.' }),
      purpose: Type.String(),
      source: Type.Enum(SOURCES),
      data: Type.Object({}, { description: 'As the event catalogue describes it.' }),
      values: Type.Array(
        answer({
          subject: Uuid,
          category: Type.Enum(CATEGORIES),
          shown: shown(Type.Object({}, { description: 'By category: see the event catalogue.' })),
        }),
      ),
    }),
  ),
  cursor: NextCursor,
});

/** A customer as the register had it at an instant. */
export const AsOfAnswer = named('CustomerAsOf', {
  id: Uuid,
  at: At,
  position: Type.String({ description: 'Of the last event that was taken.' }),
  revision: Type.Integer(),
  category: CustomerCategory,
  endedOn: orNull(Day),
  restrictionGround: RestrictionGround,
  forbidden: Uses,
  linked: Type.Array(Uuid),
  absorbed: Type.Boolean(),
  contactPersonOf: Type.Array(Uuid),
  orders: Type.Record(Type.String(), answer({ scope: Type.String(), cancelled: Type.Boolean() })),
  invoices: Type.Record(
    Type.String(),
    answer({
      scope: Type.String(),
      status: Type.Enum(['open', 'settled', 'credited']),
      collecting: Type.Boolean(),
    }),
  ),
  cases: Type.Record(
    Type.String(),
    answer({
      ground: Type.Enum(ERASURE_GROUNDS),
      categories: Type.Array(Type.Enum(ERASABLE)),
      answerBy: Day,
      status: Type.Enum(['open', 'withdrawn']),
      waits: Type.Array(Wait),
      begun: Type.Boolean(),
      closed: Type.Boolean(),
    }),
  ),
  values: Values,
});

const CaseStatus = Type.Enum(['open', 'erasing', 'waiting', 'erased', 'withdrawn']);

/** The state of an erasure case. */
export const CaseAnswer = named('ErasureCase', {
  case: CaseNumberText,
  ground: Type.Enum(ERASURE_GROUNDS),
  categories: Type.Array(Type.Enum(ERASABLE)),
  requestedAt: At,
  answerBy: Day,
  status: CaseStatus,
  closed: Type.Boolean(),
  parts: Type.Array(
    answer({
      subject: Uuid,
      status: CaseStatus,
      waits: Type.Array(Wait),
      ending: Type.Array(Uuid, { description: 'Erasures begun and not yet completed.' }),
      receipts: Type.Array(answer({ ...SubjectErased.data.properties, event: Uuid, at: At })),
      dueAt: orNull(At),
    }),
  ),
  waitingFor: Type.Array(Uuid),
  dueAt: orNull(At),
});

/** A page of cases. */
export const CasesAnswer = named('ErasureCases', {
  cases: Type.Array(CaseAnswer),
  cursor: NextCursor,
});

/** What an erasure would take and leave. */
export const PreviewAnswer = named('ErasurePreview', {
  entries: Type.Array(
    answer({
      customer: Uuid,
      goesNow: Type.Array(answer({ category: Type.Enum(ERASABLE), scope: Type.String() })),
      waits: Type.Array(Wait),
    }),
  ),
});

/** The answer to a request for erasure. */
export const ErasureAnswer = named('ErasureBegun', {
  case: CaseNumberText,
  status: CaseStatus,
  ...COMMAND_FIELDS,
});
