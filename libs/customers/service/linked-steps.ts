import { stepIdOf } from '#commands';
import type { CommandId, EventId, RecordedEvent, SubjectId } from '#kernel';

import type { CustomerState } from '../state.js';

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
