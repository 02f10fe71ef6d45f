import type { Outcome } from '#commands';
import type { Refusal, SubjectId } from '#kernel';
import { isRefusal, refuse } from '#kernel';
import type { Vault } from '#vault';

import { customerStream } from '../ids.js';
import type { Asking } from './caller.js';
import type { CustomerCommands } from './customer-commands.js';
import type { CustomerHandler } from './customer-handler.js';

/**
 * An officer accepts that keys of a customer are lost. Which ones is not the officer's to say: those
 * that the stream takes to be alive and that the vault has no row for.
 */
export async function acceptLostKeys(
  handler: CustomerHandler,
  commands: CustomerCommands,
  vault: Pick<Vault, 'status'>,
  asking: Asking,
  subject: SubjectId,
): Promise<Outcome | Refusal> {
  const alive = await handler.look(customerStream(subject), ({ state }) =>
    Object.values(state.keys).flatMap((scopes) =>
      Object.values(scopes).flatMap(({ key, state: is }) => (is === 'live' ? [key] : [])),
    ),
  );
  const known = new Set((await vault.status(subject)).map(({ ref }) => ref.key));
  const keys = alive.filter((key) => !known.has(key));
  const outcome = await commands.on(asking, { do: 'record-key-lost', subject, keys });
  if (isRefusal(outcome) || outcome.events.length > 0) return outcome;
  return refuse('conflict', 'no-key-lost', 'All keys that the customer has are in the vault.');
}
