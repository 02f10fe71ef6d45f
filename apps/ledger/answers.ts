import { ROLES } from '#access';
import { answer, named, orNull } from '#edge';
import { CATEGORIES } from '#kernel';
import { Type } from 'typebox';

const Uuid = Type.String({ format: 'uuid' });
const At = Type.String({ format: 'date-time' });
const JsonSchema = Type.Object({}, { description: 'A JSON Schema.' });

/** All API tokens. */
export const TokensAnswer = named('Tokens', {
  tokens: Type.Array(
    answer({
      id: Uuid,
      label: Type.String(),
      role: Type.Enum(ROLES),
      createdAt: At,
      revokedAt: orNull(At),
    }),
  ),
});

/** A token that was made. */
export const TokenMade = named('TokenMade', {
  id: Uuid,
  token: Type.String({ description: 'Shown here and never again.' }),
});

/** A token that was ended. */
export const TokenRevoked = named('TokenRevoked', { id: Uuid, revoked: Type.Literal(true) });

/** How views are. */
export const ViewsAnswer = named('Views', {
  views: Type.Array(
    answer({
      view: Type.String(),
      version: Type.Integer(),
      build: Type.Integer(),
      id: Type.String(),
      state: Type.Enum(['live', 'building', 'retired']),
      checkpoint: Type.String({ description: 'All events up to here are folded in.' }),
      parked: orNull(answer({ position: Type.String(), reason: Type.String(), at: At })),
      current: Type.Boolean({ description: 'Whether it is of the version that this program has.' }),
      caughtUp: Type.Boolean(),
      lagMillis: orNull(Type.Number()),
      projecting: orNull(Type.Enum(['catching-up', 'following', 'waiting', 'parked', 'stopped'])),
    }),
  ),
  problems: Type.Record(Type.String(), Type.String()),
});

/** A view that may go on. */
export const ViewRetried = named('ViewRetried', { view: Type.String() });

/** A rebuild that has begun. */
export const ViewRebuilding = named('ViewRebuilding', {
  view: Type.String(),
  build: Type.Integer(),
  checkpoint: Type.String(),
});

/** Epochs of key-encryption keys. */
export const KeysAnswer = named('Keks', {
  keks: Type.Array(
    answer({
      id: Type.String(),
      state: Type.Enum(['current', 'retiring', 'retired', 'unnamed']),
      createdAt: At,
      rotatedAt: Type.Optional(At),
      dueAt: Type.Optional(At),
      retiredAt: Type.Optional(At),
      liveRows: Type.Integer({ description: 'Keys and secrets wrapped under it now.' }),
      overdue: Type.Boolean(),
    }),
  ),
});

/** What can stand in the log. */
export const CatalogueAnswer = named('EventCatalogue', {
  events: Type.Array(
    answer({
      name: Type.String(),
      version: Type.Integer(),
      current: Type.Boolean({ description: 'Whether events are still written so.' }),
      says: Type.String(),
      seals: Type.Array(Type.Enum(CATEGORIES)),
      data: JsonSchema,
    }),
  ),
  metadata: JsonSchema,
  envelope: JsonSchema,
  personal: answer(Object.fromEntries(CATEGORIES.map((category) => [category, JsonSchema]))),
});
