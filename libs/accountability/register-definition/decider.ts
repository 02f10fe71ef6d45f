import { canonicalJson } from '#kernel';
import type { Decider, DraftOf, Fact, FactOf } from '#kernel';

import type { RegisterDefinition } from './definition.js';
import { RegisterDefined } from './events.js';

/** Declares what the register is for. Declaring the same again changes nothing. */
export interface DefineRegister {
  readonly do: 'define-register';
  readonly definition: RegisterDefinition;
}

/** What has been declared so far. */
export interface RegisterState {
  /** 0 before the first definition. */
  readonly version: number;
  readonly definition: RegisterDefinition | undefined;
}

/** The definition of the register; its events stand in the stream `register`. */
export const registerDecider: Decider<
  DefineRegister,
  DraftOf<typeof RegisterDefined>,
  RegisterState
> = {
  initial: () => ({ version: 0, definition: undefined }),
  decide: ({ definition }, state) => {
    const same =
      state.definition !== undefined &&
      canonicalJson(state.definition) === canonicalJson(definition);
    if (same) return [];
    return [{ type: 'RegisterDefined', data: { version: state.version + 1, definition } }];
  },
  evolve: (state, fact) =>
    isRegisterDefined(fact)
      ? { version: fact.data.version, definition: fact.data.definition }
      : state,
};

/** The log's data were written by this same type, so its name vouches for the shape. */
function isRegisterDefined(fact: Fact): fact is FactOf<typeof RegisterDefined> {
  return fact.type === RegisterDefined.name;
}
