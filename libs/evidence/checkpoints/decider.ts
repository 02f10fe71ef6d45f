import type { Decider, DraftOf, Fact, Instant, JsonObject, Refusal } from '#kernel';
import { isJsonObject, refuse, streamName } from '#kernel';
import type { RestoredLog, SignedHead } from '#vault';
import { isHead } from '#vault';

import type { CheckpointSigned, LogRestored } from './events.js';

/** The stream of everything that is evidence of the log and no part of the register. */
export const EVIDENCE_STREAM = streamName('evidence');

/** A checkpoint as the log tells of it. */
export interface RecordedCheckpoint extends SignedHead {
  /** The signed note. */
  readonly note: string;
}

/** What is recorded of evidence. */
export type RecordEvidence =
  /** A checkpoint that has been signed. */
  | ({ readonly do: 'record-checkpoint' } & RecordedCheckpoint)
  /** That a log which was put back has been accepted; its own event follows from the anchor. */
  | { readonly do: 'record-restored'; readonly restored: RestoredLog };

type EvidenceDraft = DraftOf<typeof CheckpointSigned> | DraftOf<typeof LogRestored>;

/** What the log has of evidence so far. */
export interface EvidenceState {
  /** Name under which the ledger signs; undefined before the first checkpoint. */
  origin: string | undefined;
  /** The newest checkpoint under that origin. */
  last: (RecordedCheckpoint & { readonly at: Instant }) | undefined;
  /** Where the origin took the place of another: what was signed last under that. */
  follows: SignedHead | undefined;
  /** Origins that began with a log that was accepted. */
  readonly restored: Set<string>;
}

/**
 * Under one origin checkpoints only grow: one that is not larger than the last is refused, whoever comes
 * with it. Another origin begins only where a log that was put back has been accepted.
 */
export const evidenceDecider: Decider<RecordEvidence, EvidenceDraft, EvidenceState> = {
  initial: () => ({ origin: undefined, last: undefined, follows: undefined, restored: new Set() }),
  decide: (command, state) => {
    switch (command.do) {
      case 'record-checkpoint':
        return recordCheckpoint(command, state);
      case 'record-restored': {
        const { origin, follows, size, by, at } = command.restored;
        if (state.restored.has(origin)) return [];
        const data = { origin, follows: { ...follows }, size, by: [...by], at };
        return [{ type: 'LogRestored', data }];
      }
    }
  },
  evolve: (state, fact) => {
    if (fact.type === 'CheckpointSigned') seeCheckpoint(state, fact);
    if (fact.type === 'LogRestored') seeRestored(state, fact.data);
    return state;
  },
};

function recordCheckpoint(
  { origin, size, root, note }: RecordedCheckpoint,
  state: EvidenceState,
): readonly EvidenceDraft[] | Refusal {
  if (state.origin !== undefined && state.origin !== origin) {
    return refuse('conflict', 'origin-differs', 'The ledger has signed under another origin.');
  }
  if (state.last !== undefined && size <= state.last.size) {
    return refuse('conflict', 'checkpoint-behind', 'A checkpoint as large as this is signed.');
  }
  const before = state.last === undefined ? state.follows : undefined;
  const follows = before === undefined ? {} : { follows: { ...before } };
  return [{ type: 'CheckpointSigned', data: { origin, size, root, note, ...follows } }];
}

function seeCheckpoint(state: EvidenceState, { data, recordedAt: at }: Fact): void {
  const head = headIn(data);
  if (head === undefined || typeof data.note !== 'string') return;
  state.origin = head.origin;
  state.last = { ...head, note: data.note, at };
}

function seeRestored(state: EvidenceState, data: JsonObject): void {
  const { origin, follows } = data;
  if (typeof origin !== 'string' || !isJsonObject(follows)) return;
  state.origin = origin;
  state.last = undefined;
  state.follows = headIn(follows);
  state.restored.add(origin);
}

function headIn({ origin, size, root }: JsonObject): SignedHead | undefined {
  const head = { origin, size, root };
  return isHead(head) ? head : undefined;
}
