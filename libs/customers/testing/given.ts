import { expect } from '@jest/globals';

import type {
  Category,
  Deciding,
  Fact,
  Instant,
  JsonObject,
  Refusal,
  RefusalKind,
  SubjectId,
} from '#kernel';
import { canonicalJson, derivedId, isRefusal } from '#kernel';

import type { CustomerCommand } from '../commands.js';
import { customerDecider } from '../decider.js';
import type { CustomerDraft } from '../event-types.js';
import type { CustomerPolicy } from '../policy.js';
import type { CustomerState } from '../state.js';
import { faultOf } from './checks.js';
import { ANNA, CARE, keyFor, minted, NOW, policyWith } from './samples.js';

/** The circumstances of a decision. */
export interface Circumstances {
  readonly subject?: SubjectId;
  readonly policy?: CustomerPolicy;
  readonly now?: Instant;
  readonly purpose?: string;
  readonly unseen?: readonly Category[];
}

/** Given these events of Anna's stream, in order; then {@link Given.when}. */
export function given(...history: readonly CustomerDraft[]): Given {
  return new Given(history, {});
}

/** A customer's stream, and the circumstances in which something is asked of it. */
export class Given {
  constructor(
    private readonly history: readonly CustomerDraft[],
    private readonly circumstances: Circumstances,
  ) {}

  /** The instant of the decision; {@link NOW} if nothing is said. */
  at(now: Instant): Given {
    return new Given(this.history, { ...this.circumstances, now });
  }

  /** The purpose that is named; {@link CARE} if nothing is said. */
  for(purpose: string): Given {
    return new Given(this.history, { ...this.circumstances, purpose });
  }

  /** A category whose key the vault does not have. */
  unseen(...unseen: readonly Category[]): Given {
    return new Given(this.history, { ...this.circumstances, unseen });
  }

  under(policy: CustomerPolicy): Given {
    return new Given(this.history, { ...this.circumstances, policy });
  }

  when(command: CustomerCommand): Decided {
    const { state, values } = this.#told();
    const decided = this.#decider().decide(command, state, this.#deciding(values));
    if (!isRefusal(decided)) expect(decided.map(faultOf).filter(isFault)).toEqual([]);
    return new Decided(decided);
  }

  /** The state after all of the history. */
  get state(): CustomerState {
    return this.#told().state;
  }

  #told(): { state: CustomerState; values: Map<string, JsonObject> } {
    const decider = this.#decider();
    const values = new Map<string, JsonObject>();
    let state = decider.initial();
    this.history.forEach((draft, at) => {
      expect(faultOf(draft)).toBeUndefined();
      state = decider.evolve(state, factFrom(draft, at));
      for (const { subject, category, value } of draft.personal ?? []) {
        values.set(`${subject}:${category}`, value);
      }
    });
    return { state, values };
  }

  #deciding(values: ReadonlyMap<string, JsonObject>): Deciding {
    return {
      now: this.circumstances.now ?? NOW,
      purpose: this.circumstances.purpose ?? CARE,
      mint: minted,
      opened: (subject: SubjectId, category: Category) =>
        this.circumstances.unseen?.includes(category) === true
          ? undefined
          : values.get(`${subject}:${category}`),
    };
  }

  #decider() {
    const { subject = ANNA, policy = policyWith() } = this.circumstances;
    return customerDecider(subject, policy);
  }
}

/** What was decided. */
export class Decided {
  constructor(readonly decided: readonly CustomerDraft[] | Refusal) {}

  /** Exactly these events, in order; none: nothing changes. */
  then(...expected: readonly CustomerDraft[]): void {
    expect(plain(this.decided)).toEqual(plain(expected));
  }

  thenRefused(code: string, kind: RefusalKind = 'conflict'): void {
    expect(this.decided).toMatchObject({ refused: true, code, kind });
  }
}

/** What the fold sees of the n-th draft once it has been recorded: read back from canonical JSON. */
export function factFrom(draft: CustomerDraft, at: number, recordedAt: Instant = NOW): Fact {
  return {
    type: draft.type,
    id: derivedId(ANNA, `event:${String(at)}`),
    data: JSON.parse(canonicalJson(draft.data)) as JsonObject,
    recordedAt,
    sealed: (draft.personal ?? []).map(({ subject, category, scope, key }) => ({
      subject,
      category,
      scope,
      key: key ?? keyFor({ subject, category, scope }),
    })),
  };
}

/** The id that {@link factFrom} gives the n-th event. */
export function eventId(at: number): string {
  return derivedId(ANNA, `event:${String(at)}`);
}

/** An event that seals nothing may say so or not. */
function plain(drafts: readonly CustomerDraft[] | Refusal): unknown {
  return isRefusal(drafts)
    ? drafts
    : drafts.map(({ type, data, personal = [] }) => ({ type, data, personal }));
}

function isFault(fault: string | undefined): fault is string {
  return fault !== undefined;
}
