import type { Clock, Refusal, SubjectId } from '#kernel';

import { weigh } from '../erasure/weighing.js';
import type { Weighed } from '../erasure/weighing.js';
import { customerStream } from '../ids.js';
import type { Erasable } from '../vocabulary.js';
import type { CustomerCommands } from './customer-commands.js';
import type { CustomerHandler } from './customer-handler.js';
import { customerNotFound } from './customer-reading.js';

/** What an erasure would take and leave, for each entry of a linked set. */
export interface Previewed {
  readonly subject: SubjectId;
  readonly weighed: Weighed;
}

/** Weighs an erasure as it would be decided now. Writes nothing. */
export async function previewErasure(
  handler: CustomerHandler,
  commands: CustomerCommands,
  clock: Clock,
  subject: SubjectId,
  categories: readonly Erasable[],
): Promise<readonly Previewed[] | Refusal> {
  const previews: Previewed[] = [];
  for (const member of await commands.linkedSet(subject)) {
    const weighed = await handler.look(customerStream(member), ({ state }) =>
      state.category === undefined ? undefined : weigh(state, categories, clock.now()),
    );
    if (weighed === undefined) return customerNotFound();
    previews.push({ subject: member, weighed });
  }
  return previews;
}
