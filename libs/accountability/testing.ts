import { factOf, instantOf, isRefusal, randomId, START, streamName } from '#kernel';
import type { Decider, Deciding, Draft, Fact, Refusal } from '#kernel';

const AT = instantOf(Date.UTC(2026, 2, 2));

const DECIDING: Deciding = {
  now: AT,
  purpose: 'audit',
  mint: () => {
    throw new Error('declarations mint no ids');
  },
  opened: () => undefined,
};

/** What a fold sees of a draft once it has been recorded. */
export function recorded(draft: Draft): Fact {
  return factOf({
    id: randomId(),
    type: draft.type,
    data: draft.data,
    stream: streamName('register'),
    revision: 0,
    position: START,
    metadata: {
      actor: 'ledger',
      purpose: 'audit',
      source: 'ledger',
      command: randomId(),
      fingerprint: '',
      correlation: randomId(),
      schema: 1,
      recordedAt: AT,
      salt: '',
    },
  });
}

/** Given these commands and other events of the stream, in order: what a decider comes to. */
export function given<C, D extends Draft, S>(
  decider: Decider<C, D, S>,
  ...history: readonly (C | Fact)[]
): { state: S; when: (command: C) => readonly D[] | Refusal } {
  let state = decider.initial();
  for (const step of history) {
    const facts = isFact(step) ? [step] : outcome(decider.decide(step, state, DECIDING));
    for (const fact of facts) state = decider.evolve(state, fact);
  }
  return { state, when: (command) => decider.decide(command, state, DECIDING) };
}

function outcome(decided: readonly Draft[] | Refusal): readonly Fact[] {
  if (isRefusal(decided)) throw new Error(`given what is refused: ${decided.code}`);
  return decided.map(recorded);
}

function isFact(step: unknown): step is Fact {
  return typeof step === 'object' && step !== null && 'recordedAt' in step;
}
