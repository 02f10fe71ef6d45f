import type { Decider, DraftOf, Fact, Instant, JsonObject, Refusal } from '#kernel';
import { isJsonObject, refuse, streamName } from '#kernel';
import type { RestoredLog, SignedHead } from '#vault';
import { isHead } from '#vault';

import type {
  CheckpointCosigned,
  CheckpointSigned,
  CheckpointTimestamped,
  LogRestored,
} from './events.js';
import type { RecordedTimestamp, TimestampState } from './timestamped.js';
import { decideTimestamp, forgetTimestamps, seeSigned, seeTimestamp } from './timestamped.js';

/** The stream of everything that is evidence of the log and no part of the register. */
export const EVIDENCE_STREAM = streamName('evidence');

/** A checkpoint as the log tells of it. */
export interface RecordedCheckpoint extends SignedHead {
  /** The signed note. */
  readonly note: string;
  /** The vkey that has signed it. */
  readonly key: string;
  /** The vkey that signs from then on, where it is another. */
  readonly successor?: string;
}

/** A cosignature as the log tells of it. */
export interface RecordedCosignature {
  /** Of the checkpoint: under which origin, and of how many leaves. */
  readonly origin: string;
  readonly size: number;
  /** Name of the witness's key. */
  readonly witness: string;
  /** The signature's line, with its newline. */
  readonly line: string;
  /** When, as the witness says. */
  readonly at: Instant;
}

/** What is recorded of evidence. */
export type RecordEvidence =
  /** A checkpoint that has been signed. */
  | ({ readonly do: 'record-checkpoint' } & RecordedCheckpoint)
  /** That a witness has cosigned one. */
  | ({ readonly do: 'record-cosignature' } & RecordedCosignature)
  /** That an authority has stamped one. */
  | ({ readonly do: 'record-timestamp' } & RecordedTimestamp)
  /** That a log which was put back has been accepted; its own event follows from the anchor. */
  | { readonly do: 'record-restored'; readonly restored: RestoredLog };

type EvidenceDraft =
  | DraftOf<typeof CheckpointSigned>
  | DraftOf<typeof CheckpointCosigned>
  | DraftOf<typeof CheckpointTimestamped>
  | DraftOf<typeof LogRestored>;

/** What the log has of evidence so far. */
export interface EvidenceState extends TimestampState {
  /** Name under which the ledger signs; undefined before the first checkpoint. */
  origin: string | undefined;
  /** The newest checkpoint under that origin. */
  last: (RecordedCheckpoint & { readonly at: Instant }) | undefined;
  /** The vkey that signs the next one; undefined before the first under the origin. */
  key: string | undefined;
  /** Where the origin took the place of another: what was signed last under that. */
  follows: SignedHead | undefined;
  /** Of each witness the newest cosignature under the origin. */
  readonly cosigned: Map<string, RecordedCosignature>;
  /** Origins that began with a log that was accepted. */
  readonly restored: Set<string>;
}

/**
 * Under one origin checkpoints only grow: one that is not larger than the last is refused, whoever comes
 * with it. Another origin begins only where a log that was put back has been accepted.
 */
export const evidenceDecider: Decider<RecordEvidence, EvidenceDraft, EvidenceState> = {
  initial: () => ({
    origin: undefined,
    last: undefined,
    key: undefined,
    follows: undefined,
    cosigned: new Map(),
    signed: [],
    stamped: new Map(),
    restored: new Set(),
  }),
  decide: (command, state) => {
    switch (command.do) {
      case 'record-checkpoint':
        return recordCheckpoint(command, state);
      case 'record-cosignature':
        return recordCosignature(command, state);
      case 'record-timestamp':
        return decideTimestamp(command, state);
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
    if (fact.type === 'CheckpointCosigned') seeCosignature(state, fact.data);
    if (fact.type === 'CheckpointTimestamped' && fact.data.origin === state.origin) {
      seeTimestamp(state, fact.data);
    }
    if (fact.type === 'LogRestored') seeRestored(state, fact.data);
    return state;
  },
};

function recordCheckpoint(
  { origin, size, root, note, key, successor }: RecordedCheckpoint,
  state: EvidenceState,
): readonly EvidenceDraft[] | Refusal {
  if (state.origin !== undefined && state.origin !== origin) {
    return refuse('conflict', 'origin-differs', 'The ledger has signed under another origin.');
  }
  if (state.key !== undefined && state.key !== key) {
    return refuse('conflict', 'key-differs', 'The ledger signs with another key.');
  }
  if (state.last !== undefined && size <= state.last.size) {
    return refuse('conflict', 'checkpoint-behind', 'A checkpoint as large as this is signed.');
  }
  const before = state.last === undefined ? state.follows : undefined;
  const more = {
    ...(successor === undefined ? {} : { successor }),
    ...(before === undefined ? {} : { follows: { ...before } }),
  };
  return [{ type: 'CheckpointSigned', data: { origin, size, root, note, key, ...more } }];
}

function recordCosignature(
  { origin, size, witness, line, at }: RecordedCosignature,
  { last, cosigned }: EvidenceState,
): readonly EvidenceDraft[] {
  // One that comes late is of no more use.
  if (last?.origin !== origin || last.size !== size) return [];
  if ((cosigned.get(witness)?.size ?? -1) >= size) return [];
  return [{ type: 'CheckpointCosigned', data: { origin, size, witness, line, at } }];
}

/** The newest checkpoint as it is served: the note, and the cosignatures that it has. */
export function servedNote({ last, cosigned }: Pick<EvidenceState, 'last' | 'cosigned'>) {
  if (last === undefined) return undefined;
  const own = [...cosigned.values()].filter(({ size }) => size === last.size);
  return last.note + own.map(({ line }) => line).join('');
}

function seeCosignature(state: EvidenceState, data: JsonObject): void {
  const { origin, size, witness, line, at } = data;
  if (origin !== state.origin || typeof origin !== 'string' || typeof size !== 'number') return;
  if (typeof witness !== 'string' || typeof line !== 'string' || typeof at !== 'string') return;
  state.cosigned.set(witness, { origin, size, witness, line, at: at as Instant });
}

function seeCheckpoint(state: EvidenceState, { data, recordedAt: at }: Fact): void {
  const head = headIn(data);
  const { note, key, successor } = data;
  if (head === undefined || typeof note !== 'string' || typeof key !== 'string') return;
  state.origin = head.origin;
  state.last = { ...head, note, key, at };
  state.key = typeof successor === 'string' ? successor : key;
  seeSigned(state, head.size);
}

function seeRestored(state: EvidenceState, data: JsonObject): void {
  const { origin, follows } = data;
  if (typeof origin !== 'string' || !isJsonObject(follows)) return;
  state.origin = origin;
  state.last = undefined;
  state.key = undefined;
  state.cosigned.clear();
  forgetTimestamps(state);
  state.follows = headIn(follows);
  state.restored.add(origin);
}

function headIn({ origin, size, root }: JsonObject): SignedHead | undefined {
  const head = { origin, size, root };
  return isHead(head) ? head : undefined;
}
