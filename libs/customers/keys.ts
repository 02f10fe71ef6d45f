import type { CaseNumber } from './ids.js';
import type { CustomerState, KeyInUse } from './state.js';
import type { Part } from './vocabulary.js';

/** The key of a part, where the stream names it. */
export function keyOf(state: CustomerState, part: Part): KeyInUse | undefined {
  return state.keys[part.category]?.[part.scope];
}

/** Notes that an event ended keys: nothing opens them from now on, and they are to be destroyed. */
export function end(
  state: CustomerState,
  event: string,
  parts: readonly Part[],
  inCase?: CaseNumber,
): void {
  state.endings[event] = inCase === undefined ? { parts } : { parts, case: inCase };
  for (const part of parts) {
    const key = keyOf(state, part);
    if (key?.state === 'live') key.state = 'ending';
  }
}

/** Notes that the keys which an event ended are destroyed. */
export function settle(state: CustomerState, event: string): void {
  for (const part of state.endings[event]?.parts ?? []) {
    const key = keyOf(state, part);
    if (key !== undefined) key.state = 'gone';
  }
  state.endings = Object.fromEntries(
    Object.entries(state.endings).filter(([cause]) => cause !== event),
  );
}
