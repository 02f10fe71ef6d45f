import { Type } from 'typebox';
import type { TSchema } from 'typebox';

import { answer, named, NextCursor, orNull } from '#edge';
import { CATEGORIES, SOURCES } from '#kernel';

import { CATEGORIES_COUNTED, HOLDS, READS_NOT_RECORDED, TOUCHES } from '../index.js';

const Uuid = Type.String({ format: 'uuid' });
const At = Type.String({ format: 'date-time' });
const Purpose = Type.String({ description: 'Code of a purpose of the register definition.' });
const Actor = Type.String({ description: 'Id of an account, or `ledger` for its own steps.' });
const EventType = Type.String({ description: 'See the event catalogue.' });
const Count = Type.Integer({ minimum: 0 });

/** Fields that every list of the log has. */
const LIST = {
  position: Type.String({ description: 'Up to which the log has been read.' }),
  linked: Type.Array(Uuid, {
    description:
      'Other entries of the register that are one with the customer, as what was read of its stream ' +
      'says. Their streams are not read: ask for each.',
  }),
  cursor: NextCursor,
};

/** Events for auditors. */
export const AuditEvents = named('AuditEvents', {
  events: Type.Array(
    named('AuditEvent', {
      position: Type.String(),
      stream: Type.String(),
      revision: Type.Integer(),
      id: Uuid,
      type: EventType,
      metadata: answer({
        actor: Actor,
        purpose: Purpose,
        source: Type.Enum(SOURCES),
        command: Uuid,
        correlation: Type.String({ description: 'First command of the chain that led here.' }),
        causation: Type.Optional(
          Type.String({ description: 'Event that this one follows from, as a step of a process.' }),
        ),
        fingerprint: Type.String({ description: 'Keyed hash of what was asked for.' }),
        schema: Type.Integer(),
        recordedAt: At,
        salt: Type.String({ description: 'Blinds the hash of the data in the leaf.' }),
      }),
      data: Type.Object({}, { description: 'Plain data as stored: no value of a person.' }),
      sealed: Type.Array(
        answer({
          subject: Uuid,
          category: Type.Enum(CATEGORIES),
          scope: Type.String(),
          key: Uuid,
        }),
        { description: 'Under which keys envelopes lie; what is in them is not told.' },
      ),
    }),
    { description: 'The oldest first. A page may be short, or empty, and not be the last.' },
  ),
  ...LIST,
});

/** Who touched a person. */
export const TouchedAnswer = named('Touched', {
  touches: Type.Array(
    named('Touch', {
      position: Type.String(),
      at: At,
      actor: Actor,
      purpose: Purpose,
      source: Type.Enum(SOURCES),
      stream: Type.String(),
      revision: Type.Integer(),
      id: Uuid,
      type: EventType,
      how: Type.Enum(TOUCHES, {
        description:
          "`own`: on the person's own stream; `sealed`: on another's, with data of the person in it; " +
          "`named`: on another's, which names the person by id.",
      }),
      categories: Type.Array(Type.Enum(CATEGORIES), {
        description: 'What of the person the event sealed.',
      }),
    }),
    { description: `The oldest first. ${READS_NOT_RECORDED}` },
  ),
  ...LIST,
});

/** Figures of the register at an instant, and how far they are counted. */
export const FiguresAnswer = named('Figures', {
  id: Type.String({ format: 'uuid', description: 'GET /api/audit/figures/{id}.' }),
  at: Type.String({ format: 'date-time', description: 'As asked, or now where that is to come.' }),
  state: Type.Enum(['counting', 'done']),
  progress: answer({
    read: Type.Integer({ description: 'Events read.' }),
    of: Type.Integer({ description: 'Of about so many.' }),
  }),
  figures: orNull(
    named('RegisterFigures', {
      position: Type.String({
        description: 'Up to which the log was read; of it, what was recorded up to the instant.',
      }),
      treeSize: orNull(
        Type.Integer({ description: 'Leaves up to there; null where the tree is behind.' }),
      ),
      customers: answer({
        total: Count,
        byCategory: counts(CATEGORIES_COUNTED),
        absorbed: Type.Integer({ description: 'Of them, read as one with another entry.' }),
      }),
      restricted: Type.Integer({ description: 'Under a restriction that was not lifted.' }),
      held: answer({
        total: Type.Integer({ description: 'With data that could not be erased then.' }),
        byHold: counts(HOLDS),
      }),
      erasing: Type.Integer({
        description: 'The identity opens no more; keys are being destroyed.',
      }),
      erased: Type.Integer({ description: 'Nothing of the identity is left.' }),
      events: answer({ total: Count, byType: Type.Record(Type.String(), Count) }),
    }),
  ),
});

function counts(names: readonly string[]): TSchema {
  return answer(Object.fromEntries(names.map((name) => [name, Count])));
}
