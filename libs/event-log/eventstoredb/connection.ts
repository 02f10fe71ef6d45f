import { setMaxListeners } from 'node:events';

import { EventStoreDBClient, type EndPoint, type SingleNodeOptions } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';

import { nodesOf, type Address } from './address.js';
import { AppendCall } from './append-call.js';

/** How a connection is kept. */
export interface ConnectionSettings {
  readonly timeLimitMillis: number;
  readonly keepAliveIntervalMillis: number;
  readonly keepAliveTimeoutMillis: number;
}

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
    const nodes = nodesOf(settings, preferred, {
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
      const channel = getChannel();
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

  /** Gives the connection up. Never rejects. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.dispose();
    const channel = await this.#channel?.catch(() => undefined);
    channel?.close();
  }
}
