import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';

import { answer, named } from './answer-schema.js';

/** What a command came to, as it is answered. */
export interface CommandAnswered {
  readonly revision: number;
  readonly position: string;
  readonly events: readonly { readonly id: string; readonly type: string }[];
  readonly repeated: boolean;
}

/** Fields of the answer to every command, for the API's description. @see CommandAnswered */
export const COMMAND_FIELDS = {
  revision: Type.Integer({ description: 'Revision of the customer: the ETag.' }),
  position: Type.String({
    description: 'Give it to queries as `after` to see what this command did.',
  }),
  events: Type.Array(answer({ id: Type.String({ format: 'uuid' }), type: Type.String() }), {
    description: 'None where nothing changed.',
  }),
  repeated: Type.Boolean({ description: 'Whether the command had been carried out before.' }),
};

/** What a command came to. */
export const CommandAnswer = named('CommandAnswer', COMMAND_FIELDS);

/** The answer to a command, and its ETag. */
export function told(reply: FastifyReply, outcome: CommandAnswered): CommandAnswered {
  reply.header('etag', etag(outcome.revision));
  return commandAnswer([outcome]);
}

/** The answer to a command on several streams; revision and ETag are those of the first. */
export function toldAll(
  reply: FastifyReply,
  outcomes: readonly CommandAnswered[],
): CommandAnswered {
  const answer = commandAnswer(outcomes);
  reply.header('etag', etag(answer.revision));
  return answer;
}

function commandAnswer(outcomes: readonly CommandAnswered[]): CommandAnswered {
  return {
    revision: outcomes[0]?.revision ?? -1,
    position: lastPosition(outcomes),
    events: outcomes.flatMap(({ events }) => events.map(({ id, type }) => ({ id, type }))),
    repeated: outcomes.length > 0 && outcomes.every(({ repeated }) => repeated),
  };
}

/** The latest position of some outcomes. */
export function lastPosition(outcomes: readonly { readonly position: string }[]): string {
  return outcomes.reduce((last, { position }) => (position > last ? position : last), '');
}

/** The ETag of a revision (RFC 9110, 8.8.3): strong, since a revision is one state. */
export function etag(revision: number): string {
  return `"${String(revision)}"`;
}
