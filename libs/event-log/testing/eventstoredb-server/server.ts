import { randomUUID } from 'node:crypto';

import { Server } from '@grpc/grpc-js';

import type { Accounts } from './accounts.js';
import { appendHandler, deleteHandler, tombstoneHandler } from './appends.js';
import { batchAppendHandler } from './batch-appends.js';
import type { Certificates } from './certificates.js';
import { featuresHandler, gossipHandler } from './cluster-info.js';
import { Front } from './front.js';
import { Gate } from './gate.js';
import { httpApi } from './http-api.js';
import type { BegunSubscription, Member, NodeState, Role } from './node.js';
import { GossipService, ServerFeaturesService, StreamsService } from './protocol.js';
import { readHandler } from './reads.js';
import type { Store } from './store.js';

/** EventStoreDB's own limit of one append, unless it is set otherwise. */
export const MAX_APPEND_BYTES = 1_048_576;

/** A message beyond this is refused unread. */
const MAX_MESSAGE_BYTES = 16_777_216;

/** The faults of one node that need no network. */
export type NodeFaults = Pick<
  NodeState,
  | 'ready'
  | 'denied'
  | 'clockAheadMillis'
  | 'checkpoints'
  | 'repeats'
  | 'namesFirst'
  | 'beforeSending'
  | 'beforeAcknowledging'
  | 'readMillis'
>;

/** What a node is told about the cluster that it is in. */
export interface Surroundings {
  readonly role: () => Role;
  readonly members: () => readonly Member[];
}

/** What makes a node a secured one. */
export interface Security {
  readonly certificates: Certificates;
  readonly accounts: Accounts;
}

/** One node: gRPC and HTTP on one port, behind a gate. */
export class ServerNode {
  readonly id = randomUUID();
  readonly #gate: Gate;
  readonly #state: NodeState;
  readonly #security: Security | undefined;
  #grpc: Server | undefined;
  #front: Front | undefined;
  #inside = 0;

  /** @param security undefined for an insecure node */
  constructor(
    store: Store,
    maxAppendBytes: number,
    surroundings: Surroundings,
    security?: Security,
  ) {
    this.#gate = new Gate(() => this.#inside);
    this.#security = security;
    this.#state = {
      store,
      maxAppendBytes,
      accounts: security?.accounts,
      ready: true,
      denied: 'nothing',
      clockAheadMillis: 0,
      checkpoints: 'taken',
      repeats: false,
      namesFirst: false,
      beforeSending: undefined,
      beforeAcknowledging: undefined,
      readMillis: 0,
      reading: Promise.resolve(),
      reads: 0,
      eventsRead: 0,
      subscriptions: [],
      ...surroundings,
    };
  }

  get port(): number {
    return this.#gate.port;
  }

  get running(): boolean {
    return this.#grpc !== undefined;
  }

  /** Its connections, and what is done to them. */
  get line(): Pick<Gate, 'connections' | 'freeze' | 'freezeConnections' | 'thaw' | 'cut'> {
    return this.#gate;
  }

  /** All subscriptions that were ever begun, in order. */
  get subscriptions(): readonly BegunSubscription[] {
    return this.#state.subscriptions;
  }

  /** Reads that were begun. */
  get reads(): number {
    return this.#state.reads;
  }

  /** Events that were sent to those who read. */
  get eventsRead(): number {
    return this.#state.eventsRead;
  }

  get faults(): NodeFaults {
    return this.#state;
  }

  /** Starts on the port that it had before, or on the one given; 0 takes any. */
  async start(port?: number): Promise<void> {
    const grpc = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
    grpc.addService(StreamsService, {
      append: appendHandler(this.#state),
      batchAppend: batchAppendHandler(this.#state),
      delete: deleteHandler(this.#state),
      read: readHandler(this.#state),
      tombstone: tombstoneHandler(this.#state),
    });
    grpc.addService(ServerFeaturesService, { getSupportedMethods: featuresHandler(this.#state) });
    grpc.addService(GossipService, { read: gossipHandler(this.#state) });
    this.#front = new Front(grpc, httpApi(this.#state), this.#security?.certificates);
    this.#inside = await this.#front.listen();
    this.#grpc = grpc;
    await this.#gate.open(port);
  }

  /** Stops at once, as a kill does. */
  async stop(): Promise<void> {
    await this.#gate.close();
    this.#gate.thaw();
    this.#front?.close();
    this.#grpc?.forceShutdown();
    this.#grpc = undefined;
  }
}
