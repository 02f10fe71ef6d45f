import type { Metadata } from '@grpc/grpc-js';

import type { Accounts } from './accounts.js';
import { accessDenied, CallFailed, notLeader, notReady } from './errors.js';
import type { FromPosition } from './reading.js';
import type { StoredRecord } from './records.js';
import type { Store } from './store.js';

/** The part of a node in its cluster. */
export type Role = 'leader' | 'follower' | 'none';

export interface Address {
  readonly address: string;
  readonly port: number;
}

/** A member of the cluster, as gossip tells of it. */
export interface Member extends Address {
  readonly id: string;
  readonly alive: boolean;
  readonly role: Role;
}

/** A subscription that was begun. */
export interface BegunSubscription {
  readonly from: FromPosition;
  /** Events that were sent on it. */
  sent: number;
  checkpoints: number;
}

/** What the handlers of one node know and heed. */
export interface NodeState {
  readonly store: Store;
  readonly maxAppendBytes: number;
  /** Who may sign in; undefined where the server is insecure and enforces nothing. */
  readonly accounts: Accounts | undefined;
  /** Answers "Server Is Not Ready" to everything. */
  ready: boolean;
  /** What is refused, as to a user without the rights: nothing, streams' metadata, or everything. */
  denied: 'nothing' | 'metadata' | 'everything';
  /** By how much its clock is ahead, as HTTP tells it. */
  clockAheadMillis: number;
  /**
   * What a subscription does that begins at a checkpoint: it takes the event there, as was seen; or
   * leaves it out; or does not know the place.
   */
  checkpoints: 'taken' | 'skipped' | 'refused';
  /** Whether a subscription gives the event again at which it begins. */
  repeats: boolean;
  /** Whether the answer to an append names its first event's position. */
  namesFirst: boolean;
  /** Called before an event is sent on a subscription. */
  beforeSending: ((record: StoredRecord) => Promise<void>) | undefined;
  /** Called when something was written and before it is acknowledged. */
  beforeAcknowledging: (() => void) | undefined;
  /** How long each read takes; one is done after another. */
  readMillis: number;
  /** The last of the reads that are to be done. */
  reading: Promise<void>;
  /** Reads that were begun. */
  reads: number;
  /** Events that were sent to those who read. */
  eventsRead: number;
  /** All subscriptions that were ever begun, in order. */
  readonly subscriptions: BegunSubscription[];
  readonly role: () => Role;
  readonly members: () => readonly Member[];
}

/** Any call; of interest are its headers. */
export interface AnyCall {
  readonly metadata: Metadata;
}

/**
 * Refuses a call that the node cannot serve as it stands. A follower serves those that do not ask
 * for the leader: it has the same log, and forwards what writes.
 */
export function admit(node: NodeState, call: AnyCall): void {
  if (!node.ready || node.role() === 'none') throw new CallFailed(notReady());
  if (node.denied === 'everything') throw new CallFailed(accessDenied());
  if (node.role() === 'leader' || !call.metadata.get('requires-leader').includes('true')) return;
  const leader = node.members().find((member) => member.role === 'leader');
  throw new CallFailed(leader === undefined ? notReady() : notLeader(leader));
}
