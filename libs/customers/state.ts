import type { Category, KeyId, Scope, SubjectId } from '#kernel';

import type { Wait } from './erasure/events.js';
import type {
  CustomerCategory,
  Erasable,
  ErasureGround,
  Part,
  ProfileCategory,
  RestrictionGround,
  Use,
} from './vocabulary.js';
import type { CaseNumber } from './ids.js';

/** What became of a key that the stream names. */
export interface KeyInUse {
  readonly key: KeyId;
  /** `ending`: an event ended it and it is being destroyed; `lost`: gone with nothing to end it. */
  state: 'live' | 'ending' | 'gone' | 'lost';
}

/** An order as far as decisions need it. */
export interface OrderState {
  readonly scope: Scope;
  cancelled: boolean;
}

/** An invoice as far as decisions need it. */
export interface InvoiceState {
  readonly scope: Scope;
  status: 'open' | 'settled' | 'credited';
  collecting: boolean;
}

/** A case of erasure within the stream. */
export interface CaseState {
  readonly ground: ErasureGround;
  readonly categories: readonly Erasable[];
  readonly answerBy: string;
  status: 'open' | 'withdrawn';
  waits: readonly Wait[];
  /** Begun at least once: not taken back. */
  begun: boolean;
  closed: boolean;
}

/** Parts that an event ended and whose keys are not yet known to be destroyed. */
export interface Ending {
  readonly parts: readonly Part[];
  /** The erasure case, where it is an erasure. */
  readonly case?: CaseNumber;
}

/**
 * What decisions about a customer rest on. Folded without any key; plain data, so that it can be
 * kept as a snapshot.
 */
export interface CustomerState {
  category: CustomerCategory | undefined;
  /** A registration was given up under this id: nothing may be recorded here. */
  dropped: boolean;
  keys: Partial<Record<Category, Record<string, KeyInUse>>>;
  /** The newest generation of each category with one current value; 0: none yet. */
  generation: Record<ProfileCategory, number>;
  /** Organisations for which the person acts as contact person. */
  roles: SubjectId[];
  orders: Record<string, OrderState>;
  invoices: Record<string, InvoiceState>;
  /** Invoices that hold data: neither settled nor credited, or in collection. */
  holding: string[];
  endedOn: string | undefined;
  linked: SubjectId[];
  absorbed: boolean;
  forbidden: Use[];
  restriction: RestrictionGround | undefined;
  cases: Record<string, CaseState>;
  /** Envelopes whose own keys were disclosed: the event that each is of, and the key it lies under. */
  disclosed: { readonly event: string; readonly key: string }[];
  /** By the id of the event that ended them. */
  endings: Record<string, Ending>;
}

/** A customer to whom nothing has happened. */
export function initialCustomer(): CustomerState {
  return {
    category: undefined,
    dropped: false,
    keys: {},
    generation: { identity: 0, affiliation: 0, contact: 0 },
    roles: [],
    orders: {},
    invoices: {},
    holding: [],
    endedOn: undefined,
    linked: [],
    absorbed: false,
    forbidden: [],
    restriction: undefined,
    cases: {},
    disclosed: [],
    endings: {},
  };
}

/** The scope of a generation: `g1`, `g2`, … */
export function generationScope(generation: number): Scope {
  return `g${String(generation)}` as Scope;
}

/** The scope that a category's current value lies under; undefined if it has none. */
export function currentScope(state: CustomerState, category: ProfileCategory): Scope | undefined {
  const generation = state.generation[category];
  return generation === 0 ? undefined : generationScope(generation);
}

/** The key of a category's current value; undefined if it has none. */
export function currentKey(state: CustomerState, category: ProfileCategory): KeyInUse | undefined {
  const scope = currentScope(state, category);
  return scope === undefined ? undefined : state.keys[category]?.[scope];
}
