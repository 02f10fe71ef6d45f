import type { CommandOf } from '../commands.js';
import type { CustomerDraft } from '../event-types.js';
import type { CustomerState } from '../state.js';

/** Forbids or allows one use; each is set on its own, and asking twice is no event. */
export function setUse(
  command: CommandOf<'forbid-use' | 'allow-use'>,
  state: CustomerState,
): readonly CustomerDraft[] {
  const forbid = command.do === 'forbid-use';
  if (state.forbidden.includes(command.use) === forbid) return [];
  const data = { use: command.use };
  return forbid ? [{ type: 'UseForbidden', data }] : [{ type: 'UseAllowed', data }];
}
