import type { Refusal } from '#kernel';
import { refuse } from '#kernel';

import type { CommandOf } from '../commands.js';
import type { CustomerDraft } from '../event-types.js';
import { scopeToWrite, standing } from '../profile/decide.js';
import type { CustomerState } from '../state.js';

type Decision = readonly CustomerDraft[] | Refusal;

/**
 * The person becomes contact person of an organisation. The event seals what they represent, so
 * that their own stream names the key under which the organisation's orders may mention them.
 */
export function startRole(
  command: CommandOf<'start-contact-role'>,
  state: CustomerState,
): Decision {
  const { subject, organisation, affiliation, on } = command;
  if (organisation === subject) {
    return refuse('unprocessable', 'own-contact-person', 'Nobody is their own contact person.');
  }
  if (state.roles.includes(organisation)) return [];
  const stands = standing(state, 'affiliation');
  if (stands !== undefined) return stands;
  const scope = scopeToWrite(state, 'affiliation');
  return [
    {
      type: 'ContactRoleStarted',
      data: { organisation, on },
      personal: [{ subject, category: 'affiliation', scope, value: affiliation }],
    },
  ];
}

/** The role ends; what it held may go. */
export function endRole(command: CommandOf<'end-contact-role'>, state: CustomerState): Decision {
  if (!state.roles.includes(command.organisation)) {
    return refuse(
      'not-found',
      'contact-role-not-found',
      'The person does not act for this organisation.',
    );
  }
  return [
    { type: 'ContactRoleEnded', data: { organisation: command.organisation, on: command.on } },
  ];
}
