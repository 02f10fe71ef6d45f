import type { DraftOf, Instant, JsonObject, Refusal } from '#kernel';
import { refuse } from '#kernel';

import type { CheckpointTimestamped } from './events.js';

/** What is remembered of a timestamp. */
export interface Timestamped {
  /** Of the checkpoint: under which origin, and of how many leaves. */
  readonly origin: string;
  readonly size: number;
  /** Address of the authority, without credentials. */
  readonly authority: string;
  /** When, as the authority says. */
  readonly at: Instant;
  /** Whether its certificate was seen to lead to a trust anchor of the settings. */
  readonly chain: 'checked' | 'unchecked';
}

/** A timestamp as the log tells of it. */
export interface RecordedTimestamp extends Timestamped {
  /** The TimeStampResp (RFC 3161), DER, base64. */
  readonly response: string;
}

/** What the log has of timestamps under the newest origin. */
export interface TimestampState {
  /** Sizes of the newest checkpoints, rising. */
  readonly signed: number[];
  /** Of each authority the newest timestamp. */
  readonly stamped: Map<string, Timestamped>;
}

/**
 * The newest checkpoints, which alone may be stamped: an authority that answers has done so before as many
 * have followed.
 */
export const STAMPABLE_CHECKPOINTS = 64;

/** Day in UTC. */
export function dayOf(at: Instant): string {
  return at.slice(0, 10);
}

/**
 * Of each authority one a day, and none of a checkpoint that it has stamped: that would show nothing new.
 * A checkpoint that is not recorded has none.
 */
export function decideTimestamp(
  { origin, size, authority, response, at, chain }: RecordedTimestamp,
  state: TimestampState & { readonly origin: string | undefined },
): readonly DraftOf<typeof CheckpointTimestamped>[] | Refusal {
  if (origin !== state.origin || !state.signed.includes(size)) {
    return refuse('conflict', 'checkpoint-unknown', 'No checkpoint of this size is recorded.');
  }
  const before = state.stamped.get(authority);
  if (before !== undefined && (dayOf(at) <= dayOf(before.at) || size <= before.size)) return [];
  return [
    { type: 'CheckpointTimestamped', data: { origin, size, authority, response, at, chain } },
  ];
}

/** Notes that a checkpoint is recorded. */
export function seeSigned({ signed }: TimestampState, size: number): void {
  signed.push(size);
  if (signed.length > STAMPABLE_CHECKPOINTS) signed.shift();
}

/** Notes that a timestamp is. */
export function seeTimestamp({ stamped }: TimestampState, data: JsonObject): void {
  const seen = timestampIn(data);
  if (seen === undefined) return;
  const { origin, size, authority, at, chain } = seen;
  // Its bytes are kept by the log alone.
  stamped.set(authority, { origin, size, authority, at, chain });
}

/** What the data of an event tell of a timestamp; undefined where that is none. */
export function timestampIn(data: JsonObject): RecordedTimestamp | undefined {
  const { origin, size, authority, response, at, chain } = data;
  if (typeof origin !== 'string' || typeof size !== 'number') return undefined;
  if (typeof authority !== 'string' || typeof response !== 'string') return undefined;
  if (typeof at !== 'string' || (chain !== 'checked' && chain !== 'unchecked')) return undefined;
  return { origin, size, authority, response, at: at as Instant, chain };
}

/** Under another origin all begins anew. */
export function forgetTimestamps({ signed, stamped }: TimestampState): void {
  signed.length = 0;
  stamped.clear();
}
