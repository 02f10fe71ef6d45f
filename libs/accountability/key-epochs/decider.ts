import type { Decider, DraftOf, Fact } from '#kernel';

import { KekRetired, KekRetirementMissed, KekRotated } from './events.js';

/** What became of a key-encryption key. */
export interface KekStep {
  readonly do: 'rotated' | 'retired' | 'missed';
  readonly kek: string;
  /** Set for `retired` and `missed`. */
  readonly dueAt?: string;
  /** Set for `retired`. */
  readonly retiredAt?: string;
}

type KeyDraft =
  DraftOf<typeof KekRotated> | DraftOf<typeof KekRetired> | DraftOf<typeof KekRetirementMissed>;

/** Steps that are recorded: `type:kek`. */
export type KeyEpochs = Set<string>;

const TYPES = { rotated: KekRotated, retired: KekRetired, missed: KekRetirementMissed } as const;

/** Records each step of each key-encryption key once; their events stand in the stream `keys`. */
export const keyEpochDecider: Decider<KekStep, KeyDraft, KeyEpochs> = {
  initial: () => new Set(),
  decide: (step, recorded) => {
    if (recorded.has(`${TYPES[step.do].name}:${step.kek}`)) return [];
    return [draftOf(step)];
  },
  evolve: (recorded, fact: Fact) => {
    if (typeof fact.data.kek === 'string') recorded.add(`${fact.type}:${fact.data.kek}`);
    return recorded;
  },
};

function draftOf(step: KekStep): KeyDraft {
  const { kek, dueAt = '', retiredAt = '' } = step;
  switch (step.do) {
    case 'rotated':
      return { type: 'KekRotated', data: { kek } };
    case 'retired':
      return { type: 'KekRetired', data: { kek, dueAt, retiredAt } };
    case 'missed':
      return { type: 'KekRetirementMissed', data: { kek, dueAt } };
  }
}
