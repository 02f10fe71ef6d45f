import type { Outcome } from '#commands';
import { stepIdOf } from '#commands';
import type { CommandId, EventId, RecordedEvent, Refusal, Source, SubjectId } from '#kernel';

import type { CustomerCommand } from '../commands.js';
import { customerStream } from '../ids.js';
import type { CustomerState } from '../state.js';
import type { CustomerHandler } from './customer-handler.js';

/** In whose name a step is taken. */
export interface StepBy {
  readonly actor: string;
  readonly purpose: string;
  readonly source: Source;
}

/**
 * The step that carries what an event means over to a linked entry. Whoever comes first takes it,
 * the command that was asked for or the ledger behind it; it happens once.
 */
export function linkedStepId(event: EventId, other: SubjectId): CommandId {
  return stepIdOf(event, `follow:${other}`);
}

/**
 * Whether an event was itself carried over from a linked entry. It is not carried back: that could
 * undo what has happened there since.
 */
export function isCarriedOver(event: RecordedEvent, subject: SubjectId): boolean {
  const { causation, command } = event.metadata;
  return causation !== undefined && command === linkedStepId(causation, subject);
}

/** Read late, or a second time, an event means nothing that was taken back since. */
export function stillStands({ type, data }: RecordedEvent, state: CustomerState): boolean {
  switch (type) {
    case 'ProcessingRestricted':
      return state.restriction === data.ground;
    case 'RestrictionLifted':
      return state.restriction === undefined;
    case 'UseForbidden':
      return state.forbidden.some((use) => use === data.use);
    case 'UseAllowed':
      return !state.forbidden.some((use) => use === data.use);
    case 'ErasureRequested':
      return typeof data.case === 'string' && state.cases[data.case]?.status === 'open';
    default:
      return true;
  }
}

/** Takes a step that follows from an event, once. */
export function takeStep(
  handler: CustomerHandler,
  cause: RecordedEvent,
  id: CommandId,
  command: CustomerCommand,
  by: StepBy,
): Promise<Outcome | Refusal> {
  return handler.handle({
    stream: customerStream(command.subject),
    id,
    command,
    content: { follows: cause.id },
    actor: by.actor,
    purpose: by.purpose,
    source: by.source,
    causation: cause.id,
    correlation: cause.metadata.correlation,
  });
}

/**
 * Finishes a merger that one entry has said. Before the other one says it too, what was restricted
 * or forbidden on either is so on both; a merger that both have said is never levelled again, since
 * that could undo what has happened since.
 */
export async function finishMerger(
  handler: CustomerHandler,
  cause: RecordedEvent,
  one: SubjectId,
  command: Extract<CustomerCommand, { do: 'merge' }>,
  by: StepBy,
): Promise<Outcome | Refusal> {
  const other = command.subject;
  const linked = await handler.look(customerStream(other), ({ state }) => state.linked);
  if (!linked.includes(one)) {
    await level(handler, cause, one, other, by);
    await level(handler, cause, other, one, by);
  }
  return takeStep(handler, cause, linkedStepId(cause.id, other), command, by);
}

async function level(
  handler: CustomerHandler,
  cause: RecordedEvent,
  from: SubjectId,
  to: SubjectId,
  by: StepBy,
): Promise<void> {
  const before = await handler.look(customerStream(from), ({ state }) => ({
    restriction: state.restriction,
    forbidden: [...state.forbidden],
  }));
  const restricted = await handler.look(
    customerStream(to),
    ({ state }) => state.restriction !== undefined,
  );
  const take = (what: string, command: CustomerCommand) =>
    takeStep(handler, cause, stepIdOf(cause.id, `level:${to}:${what}`), command, by);
  if (before.restriction !== undefined && !restricted) {
    await take('restrict', { do: 'restrict', subject: to, ground: before.restriction });
  }
  for (const use of before.forbidden) await take(use, { do: 'forbid-use', subject: to, use });
}
