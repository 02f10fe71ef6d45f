import { setMaxListeners } from 'node:events';

import { EventStoreDBClient, type EndPoint, type SingleNodeOptions } from '@eventstore/db-client';
import { GossipClient } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';

import { nodesOf, type Address } from './address.js';
import { AppendCall } from './append-call.js';
import { named } from './failures.js';
import { untrustedNode } from './trust.js';

/** How a connection is kept. */
export interface ConnectionSettings {
  readonly timeLimitMillis: number;
  readonly keepAliveIntervalMillis: number;
  readonly keepAliveTimeoutMillis: number;
}

/** What of that may be set. */
export interface KeepingOptions {
  /** A call that was not answered by then is an Outage. Default 3 s. */
  readonly timeLimitMillis?: number;
  /** After so long without traffic the connection is asked whether it lives. Default 10 s. */
  readonly keepAliveIntervalMillis?: number;
  /** How long it may take to answer that. Default 10 s. */
  readonly keepAliveTimeoutMillis?: number;
}

const DEFAULT_TIME_LIMIT_MILLIS = 3_000;
const DEFAULT_KEEP_ALIVE_MILLIS = 10_000;

export function keepingOf({ settings }: Address, options: KeepingOptions): ConnectionSettings {
  const { keepAliveInterval, keepAliveTimeout } = settings;
  return {
    timeLimitMillis: options.timeLimitMillis ?? DEFAULT_TIME_LIMIT_MILLIS,
    keepAliveIntervalMillis:
      options.keepAliveIntervalMillis ?? keepAliveInterval ?? DEFAULT_KEEP_ALIVE_MILLIS,
    keepAliveTimeoutMillis:
      options.keepAliveTimeoutMillis ?? keepAliveTimeout ?? DEFAULT_KEEP_ALIVE_MILLIS,
  };
}

/** What the client says where the server tells no version. */
const UNKNOWN_VERSION = 'unknown';
/** How gRPC writes where a channel leads: `dns:host:port`. */
const TARGET = /^(?:[a-z0-9]+:)?\/*(.+):(\d+)$/;

const KEEP_ALIVE_VARIANTS = 1_000;

let opened = 0;

/**
 * One client for as long as its connection is good: it never reconnects by itself, but is replaced
 * by another one. (Left to reconnect, the client would await the search for a leader in a place
 * where nobody hears of its failure, and an unheard rejection ends the process.)
 */
export class Connection extends EventStoreDBClient {
  readonly appends: AppendCall;
  readonly #ending = new AbortController();
  #channel: Promise<{ close(): void }> | undefined;
  #heardAt = performance.now();

  /** @param preferred the node to use, where another one has said that it leads */
  constructor(address: Address, keeping: ConnectionSettings, preferred?: EndPoint) {
    const { settings, security, user } = address;
    // gRPC shares a TCP connection between clients with equal settings: a new client would be put
    // on the very connection that hangs.
    const variant = opened++ % KEEP_ALIVE_VARIANTS;
    const nodes = nodesOf(address, preferred, {
      connectionName: settings.connectionName ?? 'privacy-ledger',
      keepAliveInterval: keeping.keepAliveIntervalMillis + variant,
      keepAliveTimeout: keeping.keepAliveTimeoutMillis,
    });
    // The constructor has a form for each kind of settings, and none for any of them.
    super(nodes as SingleNodeOptions, security, user);
    // Each call under way listens.
    setMaxListeners(0, this.#ending.signal);
    const { getChannel } = this;
    this.getChannel = () => {
      const channel = getChannel().catch(async (error: unknown) => {
        throw (await untrustedNode(address)) ?? error;
      });
      this.#channel = channel;
      return channel;
    };
    const call = this.GRPCStreamCreator(StreamsClient, 'append', (client) =>
      client.batchAppend(
        ...this.callArguments({ requiresLeader: true }, { deadline: Number.POSITIVE_INFINITY }),
      ),
    );
    this.appends = new AppendCall(call, keeping.timeLimitMillis);
  }

  protected override handleError = async (): Promise<void> => undefined;

  /** Aborts when the connection is given up: what is under way on it gets no answer. */
  get gone(): AbortSignal {
    return this.#ending.signal;
  }

  /** Something came from the server. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  /** For how long nothing has come from the server. */
  get silentMillis(): number {
    return performance.now() - this.#heardAt;
  }

  /** The server's version, if it tells. */
  async version(): Promise<string | undefined> {
    const { serverVersion } = await this.capabilities;
    return serverVersion === UNKNOWN_VERSION ? undefined : serverVersion;
  }

  /** Begins a read of the leader; what comes is left as it is. */
  async openRead(request: ReadReq) {
    const [headers, options] = this.callArguments(
      { requiresLeader: true },
      { deadline: Number.POSITIVE_INFINITY },
    );
    const open = this.GRPCStreamCreator(StreamsClient, 'read', (client) =>
      client.read(request, headers, options),
    );
    return open();
  }

  /** What its node says of the cluster. */
  async gossip(): Promise<ClusterInfo> {
    const [metadata, options] = this.callArguments({});
    return this.execute(
      GossipClient,
      'gossip',
      (client) =>
        new Promise((resolve, reject) => {
          client.read(new shared.Empty(), metadata, options, (error, info) => {
            if (error === null) resolve(info);
            else reject(named(error));
          });
        }),
    );
  }

  /** The node at its end. */
  async node(): Promise<EndPoint> {
    const target = (await this.getChannel()).getTarget();
    const [, address = '', port = ''] = TARGET.exec(target) ?? [];
    return { address, port: Number(port) };
  }

  /** Gives the connection up, because of an error if there is one. Never rejects. */
  async end(because?: unknown): Promise<void> {
    this.#ending.abort(because);
    await this.dispose();
    const channel = await this.#channel?.catch(() => undefined);
    channel?.close();
  }
}
