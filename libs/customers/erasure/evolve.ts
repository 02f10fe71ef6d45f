import type { CustomerFact } from '../event-types.js';
import type { CustomerState } from '../state.js';
import { parseCaseNumber } from '../ids.js';
import { end, keyOf, settle } from '../keys.js';

type ErasureFact = Extract<
  CustomerFact,
  {
    type:
      | 'ErasureRequested'
      | 'ErasureDeferred'
      | 'ErasureWithdrawn'
      | 'ErasureStarted'
      | 'SubjectErased'
      | 'ErasureCaseClosed'
      | 'ErasureRepeated'
      | 'KeyLost';
  }
>;

/** A case from its request to its end. */
export function evolveErasure(state: CustomerState, fact: ErasureFact): void {
  switch (fact.type) {
    case 'ErasureRequested':
      state.cases[fact.data.case] = {
        ground: fact.data.ground,
        categories: fact.data.categories,
        answerBy: fact.data.answerBy,
        status: 'open',
        waits: [],
        begun: false,
        closed: false,
      };
      break;
    case 'ErasureDeferred':
      inCase(state, fact.data.case, { waits: fact.data.waits });
      break;
    case 'ErasureWithdrawn':
      inCase(state, fact.data.case, { status: 'withdrawn', waits: [] });
      break;
    case 'ErasureStarted':
      inCase(state, fact.data.case, { begun: true, waits: [] });
      end(state, fact.id, fact.data.parts, parseCaseNumber(fact.data.case));
      break;
    case 'SubjectErased':
      settle(state, fact.data.started);
      break;
    case 'ErasureCaseClosed':
      inCase(state, fact.data.case, { closed: true });
      if (fact.data.ends.length > 0) end(state, fact.id, fact.data.ends);
      break;
    case 'ErasureRepeated':
      mark(state, fact.data.parts, 'gone');
      break;
    case 'KeyLost':
      mark(state, fact.data.parts, 'lost');
      break;
  }
}

function inCase(
  state: CustomerState,
  number: string,
  to: Partial<CustomerState['cases'][string]>,
): void {
  const found = state.cases[number];
  if (found !== undefined) Object.assign(found, to);
}

function mark(state: CustomerState, parts: Parameters<typeof end>[2], to: 'gone' | 'lost'): void {
  for (const part of parts) {
    const key = keyOf(state, part);
    if (key !== undefined) key.state = to;
  }
}
