import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Category, Deciding, Fact, JsonObject, SubjectId } from '#kernel';
import { IntegrityError, isRefusal } from '#kernel';

import { customerDecider, needsOf } from './decider.js';
import type { CustomerDraft } from './event-types.js';
import { customerEventTypes } from './event-types.js';
import type { CustomerState } from './state.js';
import { faultOf } from './testing/checks.js';
import type { Step } from './testing/index.js';
import {
  ANNA,
  CLAIMS,
  commandOf,
  factFrom,
  given,
  identity,
  minted,
  NOW,
  policyWith,
  registered,
  steps,
} from './testing/index.js';

const decider = customerDecider(ANNA, policyWith());

/** Lives a customer's life: every step is decided on what the steps before have come to. */
function live(life: readonly Step[]): {
  drafts: CustomerDraft[];
  facts: Fact[];
  state: CustomerState;
} {
  const drafts: CustomerDraft[] = [];
  const facts: Fact[] = [];
  const values = new Map<string, JsonObject>();
  let state = decider.initial();
  life.forEach((step, at) => {
    const before = JSON.stringify(state);
    const decided = decider.decide(commandOf(step, ANNA, state), state, deciding(at, values));
    expect(JSON.stringify(state)).toBe(before);
    if (isRefusal(decided)) return;
    for (const draft of decided) {
      const fact = factFrom(draft, facts.length);
      drafts.push(draft);
      facts.push(fact);
      state = decider.evolve(state, fact);
      for (const { category, value } of draft.personal ?? []) values.set(category, value);
    }
  });
  return { drafts, facts, state };
}

function deciding(at: number, values: ReadonlyMap<string, JsonObject>): Deciding {
  return {
    now: NOW,
    purpose: CLAIMS,
    mint: (label) => minted(`${label}:${String(at)}`),
    opened: (_: SubjectId, category: Category) => values.get(category),
  };
}

const register: Step = { kind: 0, pick: 0, word: 'x' };
/** Enough for the rarer turns of a life, in a second each. */
const RUNS = { numRuns: 30 };
const lives = fc.array(steps, { maxLength: 60, size: 'max' }).map((life) => [register, ...life]);

describe('any life of a customer', () => {
  it('yields only events that their own types describe', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(lives, (life) => {
        for (const draft of live(life).drafts) {
          seen.add(draft.type);
          expect(faultOf(draft)).toBeUndefined();
        }
      }),
      { numRuns: 100, seed: 1 },
    );
    const never = Object.keys(customerEventTypes).filter((type) => !seen.has(type));
    // These two need a second customer, or none.
    expect(never.toSorted()).toEqual(['CustomersMerged', 'ReservationDropped']);
  });

  it('folds to the same state from zero', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const { facts, state } = live(life);
        expect(
          facts.reduce((folded, fact) => decider.evolve(folded, fact), decider.initial()),
        ).toEqual(state);
      }),
    );
  });

  it('folds to plain data, that may be kept as a snapshot and gone on from', () => {
    fc.assert(
      fc.property(lives, fc.nat(), (life, at) => {
        const { facts, state } = live(life);
        const cut = at % (facts.length + 1);
        const fold = (from: CustomerState, some: readonly Fact[]) =>
          some.reduce((folded, fact) => decider.evolve(folded, fact), from);
        const snapshot = structuredClone(fold(decider.initial(), facts.slice(0, cut)));
        expect(fold(snapshot, facts.slice(cut))).toEqual(state);
      }),
      RUNS,
    );
  });

  it('seals at most one envelope of a person and category in an event', () => {
    fc.assert(
      fc.property(lives, (life) => {
        for (const { personal = [] } of live(life).drafts) {
          const names = personal.map(({ subject, category }) => `${subject}:${category}`);
          expect(new Set(names).size).toBe(names.length);
        }
      }),
      RUNS,
    );
  });

  it('never erases a part twice, and never writes to one that is gone', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const begun = new Set<string>();
        for (const { type, data, personal = [] } of live(life).drafts) {
          for (const { category, scope } of personal) {
            expect(begun).not.toContain(`${category}:${scope}`);
          }
          if (type !== 'ErasureStarted') continue;
          for (const { category, scope } of data.parts) {
            expect(begun).not.toContain(`${category}:${scope}`);
            begun.add(`${category}:${scope}`);
          }
        }
      }),
      RUNS,
    );
  });
});

describe('the fold', () => {
  it('does not pass over an event that it does not know', () => {
    const stray: Fact = { ...factFrom(registered, 0), type: 'CookieBaked' };
    expect(() => decider.evolve(decider.initial(), stray)).toThrow(IntegrityError);
  });
});

describe('what a decision must see', () => {
  it('is the category of which it changes a part, and nothing otherwise', () => {
    const of = (what: 'update-identity' | 'update-contact' | 'update-affiliation') =>
      needsOf({ do: what, subject: ANNA, changes: {} });
    expect(of('update-identity')).toEqual(['identity']);
    expect(of('update-contact')).toEqual(['contact']);
    expect(of('update-affiliation')).toEqual(['affiliation']);
    expect(needsOf({ do: 'register', subject: ANNA, category: 'private', identity })).toEqual([]);
  });
});

describe('a registration', () => {
  it('opens a life: without it nothing is recorded', () => {
    fc.assert(
      fc.property(fc.array(steps), (life) => {
        const first = live(life).drafts[0];
        expect(first?.type ?? 'CustomerRegistered').toBe('CustomerRegistered');
      }),
    );
    expect(given().state.category).toBeUndefined();
  });
});
