import type { StreamPlace } from '#event-log';
import type { Scanned, Segment } from '#evidence';
import type { Position } from '#kernel';

import type { Failure } from '../exits.js';
import type { Verified } from './verify-stores.js';

/** What a thread of an audit is given when it starts. */
export interface VerifyInput {
  readonly verified: Verified;
  readonly hasVault: boolean;
}

/** What it is asked for, one at a time. */
export type Asked =
  | { readonly do: 'begin' }
  | { readonly do: 'scan'; readonly segment: Segment }
  | { readonly do: 'strays'; readonly until: Position; readonly given: number | undefined }
  | { readonly do: 'close' };

/** What it answers. */
export type Told =
  | { readonly told: 'begun' }
  | { readonly told: 'scanned'; readonly scanned: Scanned }
  | { readonly told: 'strays'; readonly places: readonly StreamPlace[] }
  | { readonly told: 'failure'; readonly failure: Failure };
