import type { Category, Deciding, KeyId, Refusal } from '#kernel';
import { CATEGORIES, refuse } from '#kernel';

import type { CommandOf } from '../commands.js';
import type { CustomerDraft } from '../event-types.js';
import type { CustomerPolicy } from '../policy.js';
import type { CustomerState, KeyInUse } from '../state.js';

/** Hands the key of one envelope to a recipient: for a purpose that processes it, and names them. */
export function discloseEnvelope(
  { event, key, recipient }: CommandOf<'disclose-envelope'>,
  state: CustomerState,
  { purpose }: Deciding,
  policy: CustomerPolicy,
): readonly CustomerDraft[] | Refusal {
  const found = keyIn(state, key);
  if (found === undefined) {
    return refuse('not-found', 'envelope-not-found', 'The event has no such envelope.');
  }
  const { category, state: became } = found;
  if (became === 'gone') return refuse('conflict', 'erased', 'What was sealed there is erased.');
  if (became === 'ending') return refuse('conflict', 'erasing', 'It is being erased.');
  if (became === 'lost') return refuse('conflict', 'key-lost', 'Its key is lost.');
  if (!policy.processes(purpose, category)) {
    return refuse('forbidden', 'purpose-other', 'The purpose does not process this category.');
  }
  if (!policy.mayReceive(purpose, recipient)) {
    const detail = 'The register definition names no such recipient for this purpose.';
    return refuse('unprocessable', 'recipient-unknown', detail, 'recipient');
  }
  return [{ type: 'EnvelopeDisclosed', data: { event, category, key, recipient } }];
}

function keyIn(
  { keys }: CustomerState,
  key: KeyId,
): (KeyInUse & { readonly category: Category }) | undefined {
  for (const category of CATEGORIES) {
    const found = Object.values(keys[category] ?? {}).find((used) => used.key === key);
    if (found !== undefined) return { ...found, category };
  }
  return undefined;
}
