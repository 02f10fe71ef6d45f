import type { Deciding, Refusal } from '#kernel';
import { refuse } from '#kernel';

import type { CommandOf } from '../commands.js';
import type { CustomerDraft } from '../event-types.js';
import type { CustomerState } from '../state.js';

type Decision = readonly CustomerDraft[] | Refusal;

/** Restricts processing (Art. 18(1)). Another ground takes the place of the one before. */
export function restrict(command: CommandOf<'restrict'>, state: CustomerState): Decision {
  if (state.restriction === command.ground) return [];
  return [{ type: 'ProcessingRestricted', data: { ground: command.ground } }];
}

/** Lifts a restriction; the person has been told before (Art. 18(3)). */
export function lift(
  command: CommandOf<'lift-restriction'>,
  state: CustomerState,
  deciding: Deciding,
): Decision {
  if (state.restriction === undefined) return [];
  if (command.toldAt > deciding.now) {
    return refuse(
      'unprocessable',
      'told-in-future',
      'The person is told before the restriction is lifted (Art. 18(3)).',
      'toldAt',
    );
  }
  return [{ type: 'RestrictionLifted', data: { toldAt: command.toldAt } }];
}
