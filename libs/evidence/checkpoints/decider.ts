import type { Decider, DraftOf, Fact, Instant } from '#kernel';
import { refuse, streamName } from '#kernel';

import type { CheckpointSigned } from './events.js';

/** The stream of everything that is evidence of the log and no part of the register. */
export const EVIDENCE_STREAM = streamName('evidence');

/** A checkpoint as the log tells of it. */
export interface RecordedCheckpoint {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes, base64url. */
  readonly root: string;
  /** The signed note. */
  readonly note: string;
}

/** Records a checkpoint that has been signed. */
export interface RecordCheckpoint extends RecordedCheckpoint {
  readonly do: 'record-checkpoint';
}

/** What the log has of evidence so far. */
export interface EvidenceState {
  /** The newest checkpoint. */
  last: (RecordedCheckpoint & { readonly at: Instant }) | undefined;
}

/**
 * Under one origin checkpoints only grow: one that is not larger than the last is refused, whoever comes
 * with it.
 */
export const evidenceDecider: Decider<
  RecordCheckpoint,
  DraftOf<typeof CheckpointSigned>,
  EvidenceState
> = {
  initial: () => ({ last: undefined }),
  decide: ({ origin, size, root, note }, { last }) => {
    if (last?.origin === origin && size <= last.size) {
      return refuse(
        'conflict',
        'checkpoint-behind',
        'A checkpoint of this size or a larger one is signed.',
      );
    }
    return [{ type: 'CheckpointSigned', data: { origin, size, root, note } }];
  },
  evolve: (state, fact) => {
    if (fact.type === 'CheckpointSigned') state.last = checkpointIn(fact);
    return state;
  },
};

function checkpointIn({ data, recordedAt }: Fact): EvidenceState['last'] {
  const { origin, size, root, note } = data;
  const isRead =
    typeof origin === 'string' &&
    typeof size === 'number' &&
    typeof root === 'string' &&
    typeof note === 'string';
  return isRead ? { origin, size, root, note, at: recordedAt } : undefined;
}
