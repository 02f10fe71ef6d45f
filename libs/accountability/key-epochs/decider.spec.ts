import { describe, expect, it } from '@jest/globals';

import type { Deciding, EventId, Instant } from '#kernel';
import { isRefusal } from '#kernel';

import { keyEpochDecider } from './decider.js';
import type { KekStep, KeyEpochs } from './decider.js';

const kek = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const dueAt = '2026-03-01T00:00:00.000Z';
const deciding: Deciding = {
  now: dueAt as Instant,
  purpose: 'audit',
  mint: (label) => label,
  opened: () => undefined,
};

function afterSteps(...steps: KekStep[]) {
  return steps.reduce((state: KeyEpochs, step) => {
    const drafts = keyEpochDecider.decide(step, state, deciding);
    if (isRefusal(drafts)) throw new Error('refused');
    return drafts.reduce(
      (now: KeyEpochs, draft) =>
        keyEpochDecider.evolve(now, {
          ...draft,
          sealed: [],
          recordedAt: dueAt as Instant,
          id: kek as EventId,
        }),
      state,
    );
  }, keyEpochDecider.initial());
}

describe('key epochs', () => {
  it('records a rotation, a miss and a retirement', () => {
    const decide = (step: KekStep) => keyEpochDecider.decide(step, afterSteps(), deciding);
    expect(decide({ do: 'rotated', kek })).toEqual([{ type: 'KekRotated', data: { kek } }]);
    expect(decide({ do: 'missed', kek, dueAt })).toEqual([
      { type: 'KekRetirementMissed', data: { kek, dueAt } },
    ]);
    expect(decide({ do: 'retired', kek, dueAt, retiredAt: dueAt })).toEqual([
      { type: 'KekRetired', data: { kek, dueAt, retiredAt: dueAt } },
    ]);
  });

  it('records each of them once', () => {
    const state = afterSteps({ do: 'rotated', kek }, { do: 'missed', kek, dueAt });
    expect(keyEpochDecider.decide({ do: 'rotated', kek }, state, deciding)).toEqual([]);
    expect(keyEpochDecider.decide({ do: 'missed', kek, dueAt }, state, deciding)).toEqual([]);
    const retired: KekStep = { do: 'retired', kek, dueAt, retiredAt: dueAt };
    expect(keyEpochDecider.decide(retired, state, deciding)).toHaveLength(1);
  });
});
