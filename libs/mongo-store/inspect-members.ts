import {
  MongoNetworkTimeoutError,
  type MongoClient,
  type ServerDescription,
  type ServerHeartbeatSucceededEvent,
  type TopologyDescription,
} from 'mongodb';

import { errorCode } from '#kernel';

/** What a server says that it is, or that it did not answer. */
export type MongoState =
  'primary' | 'secondary' | 'arbiter' | 'mongos' | 'standalone' | 'other' | 'away';

/** A server of a deployment, as this machine sees it. */
export interface MongoMember {
  /** Name and port, as its replica set calls it. */
  readonly host: string;
  readonly state: MongoState;
  /** Why it is away: a short code. */
  readonly reason?: string;
  /**
   * How far its clock is ahead of this machine's (negative: behind), at least: what the way there and
   * back may explain is taken off. Undefined where it is away.
   */
  readonly skewMillis?: number;
}

const STATES: Readonly<Partial<Record<ServerDescription['type'], MongoState>>> = {
  RSPrimary: 'primary',
  RSSecondary: 'secondary',
  RSArbiter: 'arbiter',
  Mongos: 'mongos',
  Standalone: 'standalone',
  Unknown: 'away',
};

/** Listens to what a client's own monitoring hears of each server. */
export class Members {
  #servers: ReadonlyMap<string, ServerDescription> = new Map();
  readonly #skews = new Map<string, number>();
  #moved: () => void = () => undefined;

  /** @param client that has not connected yet */
  constructor(client: MongoClient) {
    client.on('topologyDescriptionChanged', ({ newDescription }) => {
      this.#saw(newDescription);
    });
    client.on('serverHeartbeatSucceeded', (heartbeat) => {
      this.#heard(heartbeat);
    });
  }

  /** Waits until each server has answered or failed once. */
  async settled(limitMillis: number): Promise<void> {
    const until = performance.now() + limitMillis;
    while (!this.#allSeen() && performance.now() < until) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, until - performance.now());
        this.#moved = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  list(): readonly MongoMember[] {
    return [...this.#servers.values()]
      .map((server) => this.#memberOf(server))
      .sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  #saw({ servers }: TopologyDescription): void {
    this.#servers = servers;
    this.#moved();
  }

  /** The server told its time between being asked and its answer's arrival. */
  #heard({ connectionId, duration, reply }: ServerHeartbeatSucceededEvent): void {
    const at: unknown = reply.localTime;
    if (!(at instanceof Date)) return;
    const received = Date.now();
    const ahead = Math.max(0, at.getTime() - received);
    const behind = Math.max(0, received - duration - at.getTime());
    if (!this.#skews.has(connectionId)) this.#skews.set(connectionId, ahead - behind);
    this.#moved();
  }

  #allSeen(): boolean {
    const servers = [...this.#servers.values()];
    return (
      servers.length > 0 &&
      servers.every(({ address, error }) => error !== null || this.#skews.has(address))
    );
  }

  #memberOf({ address, type, error }: ServerDescription): MongoMember {
    const state = STATES[type] ?? 'other';
    if (state === 'away') return { host: address, state, reason: reasonOf(error) };
    const skewMillis = this.#skews.get(address);
    return { host: address, state, ...(skewMillis === undefined ? {} : { skewMillis }) };
  }
}

/** The code of what lies beneath: a refused connection, a name or a certificate that is not known. */
function reasonOf(error: unknown): string {
  if (error instanceof MongoNetworkTimeoutError) return 'timeout';
  const cause = error instanceof Error ? error.cause : undefined;
  return errorCode(cause) ?? (error === null ? 'not asked' : 'unreachable');
}
