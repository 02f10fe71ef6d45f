import { ApiProperty } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

/** What a command came to, as it is answered. */
export interface CommandAnswered {
  readonly revision: number;
  readonly position: string;
  readonly events: readonly { readonly id: string; readonly type: string }[];
  readonly repeated: boolean;
}

/** One event of a command. */
export class EventAnswer {
  @ApiProperty({ format: 'uuid' }) readonly id!: string;
  @ApiProperty() readonly type!: string;
}

/** What a command came to, for the API's description. @see CommandAnswered */
export class CommandAnswer {
  @ApiProperty({ description: 'Revision of the customer: the ETag.' }) readonly revision!: number;
  @ApiProperty({ description: 'Give it to queries as `after` to see what this command did.' })
  readonly position!: string;
  @ApiProperty({ type: [EventAnswer], description: 'None where nothing changed.' })
  readonly events!: readonly EventAnswer[];
  @ApiProperty({ description: 'Whether the command had been carried out before.' })
  readonly repeated!: boolean;
}

/** The answer to a command, and its ETag. */
export function told(reply: FastifyReply, outcome: CommandAnswered): CommandAnswered {
  noStore(reply).header('etag', etag(outcome.revision));
  return commandAnswer([outcome]);
}

/** The answer to a command on several streams; revision and ETag are those of the first. */
export function toldAll(
  reply: FastifyReply,
  outcomes: readonly CommandAnswered[],
): CommandAnswered {
  const answer = commandAnswer(outcomes);
  noStore(reply).header('etag', etag(answer.revision));
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

/** An answer with values is kept by nobody on the way. */
export function noStore(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store');
}
