import type { Clock, Instant } from '#kernel';
import { plusMillis } from '#kernel';

import type { RecordedTimestamp } from '../checkpoints/timestamped.js';
import type { TimestampAuthority } from './authority.js';
import { askAuthority, PATIENCE, type Patience } from './client.js';

/** A checkpoint that is to be stamped. */
export interface Stampable {
  readonly origin: string;
  readonly size: number;
  /** The signed note, without cosignatures: what is stamped are its bytes. */
  readonly note: string;
  /** When it was recorded. */
  readonly at: Instant;
}

/** How far the clocks of ledger and authority may be apart. */
export const TOLERANCE_MILLIS = 300_000;

/**
 * Has an authority say that a checkpoint was there (RFC 3161), and checks what it says.
 * @param clock the ledger's
 * @param signal ends the waiting
 * @throws Outage with the code of what went wrong (`TimestampProblem`): nothing may be recorded of it
 */
export async function stamp(
  authority: TimestampAuthority,
  { origin, size, note, at: signedAt }: Stampable,
  clock: Clock,
  signal: AbortSignal,
  patience: Patience = PATIENCE,
): Promise<RecordedTimestamp> {
  // Large, and of no use to a ledger that has no authority.
  const { timestampQuery } = await import('./request.js');
  const { checkTimestamp } = await import('./check.js');
  const query = timestampQuery(note);
  const response = await askAuthority(authority, Uint8Array.from(query.der), signal, patience);
  const { name, anchors } = authority;
  const at = await checkTimestamp(response, {
    query,
    from: plusMillis(signedAt, -TOLERANCE_MILLIS),
    to: plusMillis(clock.now(), TOLERANCE_MILLIS),
    anchors,
  });
  const chain = anchors === undefined ? 'unchecked' : 'checked';
  return { origin, size, authority: name, response: response.toString('base64'), at, chain };
}
