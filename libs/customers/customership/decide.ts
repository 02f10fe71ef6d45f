import type { Refusal } from '#kernel';
import { refuse } from '#kernel';

import type { CommandOf } from '../commands.js';
import type { CustomerDraft } from '../event-types.js';
import type { CustomerState } from '../state.js';

type Decision = readonly CustomerDraft[] | Refusal;

/** Ends the customer relationship: retention runs from the day given. */
export function endCustomership(
  command: CommandOf<'end-customership' | 'resume-customership'>,
  state: CustomerState,
): Decision {
  if (state.endedOn === command.on) return [];
  if (state.endedOn !== undefined) {
    return refuse('conflict', 'customership-ended', 'The customer relationship has ended already.');
  }
  return [{ type: 'CustomershipEnded', data: { on: command.on } }];
}

/** Takes the customer relationship up again. */
export function resumeCustomership(
  command: CommandOf<'end-customership' | 'resume-customership'>,
  state: CustomerState,
): Decision {
  if (state.endedOn === undefined) return [];
  return [{ type: 'CustomershipResumed', data: { on: command.on } }];
}

/** Links two entries. Each stream names the other; the one that is absorbed is not kept up. */
export function merge(command: CommandOf<'merge'>, state: CustomerState): Decision {
  if (command.with === command.subject) {
    return refuse('unprocessable', 'merge-with-itself', 'A customer is not merged with itself.');
  }
  if (state.linked.includes(command.with)) return [];
  if (command.role === 'absorbed' && state.absorbed) {
    return refuse('conflict', 'already-merged', 'This customer was merged into another already.');
  }
  return [{ type: 'CustomersMerged', data: { with: command.with, role: command.role } }];
}
