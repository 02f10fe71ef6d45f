import { eventTypeFilter, type AllStreamResolvedEvent } from '@eventstore/db-client';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';

import { isJsonObject } from '#kernel';

import { addressOf, type Address } from './address.js';
import { keepingOf, type Connection, type KeepingOptions } from './connection.js';
import { Connections } from './connections.js';
import { outageOf } from './failures.js';
import { httpAnswer } from './http.js';
import { Names } from './names.js';
import { rightsOf, type Rights } from './rights.js';

/** What a look at the database comes to, as the user of its connection string. */
export interface EventStoreDbInspection {
  readonly version: string | undefined;
  /** `host:port`, and the state in lower case: `leader`, `follower` and others. */
  readonly nodes: readonly {
    readonly host: string;
    readonly state: string;
    readonly alive: boolean;
  }[];
  readonly tls: boolean;
  /**
   * Whether history is kept from this user's own hands: `open` where they may delete or describe
   * streams, `not-enforced` on an insecure server, `unknown` for a user who may not even append.
   */
  readonly acl: 'locked' | 'open' | 'not-enforced' | 'unknown';
  readonly rights: Rights;
  /**
   * Streams of the ledger that end in a tombstone, or whose metadata hide events or will; undefined
   * where the log could not be looked through in time.
   */
  readonly truncatedOrDeleted: number | undefined;
  /** By how much the node's clock is ahead of ours, give or take a second; undefined if not told. */
  readonly clockSkewMillis: number | undefined;
}

export interface InspectionOptions extends KeepingOptions {
  readonly prefix?: string;
}

/** Types of events by which a stream hides others. */
const HIDING = { metadata: '$metadata', tombstone: '$streamDeleted' } as const;
const HIDING_KEYS = ['$tb', '$maxCount', '$maxAge'];
/** A date in a header names a second: on the average it is half over. */
const HALF_SECOND = 500;

/**
 * Looks at a database and changes nothing in it, in the time of one call (3 s unless set otherwise).
 * @throws InvalidInput for a connection string that is none; Outage `unreachable`, `timeout`,
 * `certificate`, `not-authenticated` and as all calls
 */
export async function inspectEventStoreDb(
  url: string,
  options: InspectionOptions = {},
): Promise<EventStoreDbInspection> {
  const address = addressOf(url);
  const names = new Names(options.prefix);
  const keeping = keepingOf(address, options);
  const connections = new Connections(address, keeping, () => undefined);
  const ending = new AbortController();
  const timer = setTimeout(() => {
    ending.abort();
  }, keeping.timeLimitMillis);
  try {
    const [version, nodes, rights, truncatedOrDeleted, clockSkewMillis] = await Promise.all([
      connections.call((connection) => connection.version()),
      connections.call(nodesSeen),
      rightsOf(connections, names),
      hiddenStreams(connections.current, names, ending.signal),
      clockSkew(connections.current, address, ending.signal),
    ]);
    const tls = address.security.insecure !== true;
    const acl = tls ? aclOf(rights) : 'not-enforced';
    return { version, nodes, tls, acl, rights, truncatedOrDeleted, clockSkewMillis };
  } catch (error) {
    throw outageOf(error);
  } finally {
    clearTimeout(timer);
    ending.abort();
    await connections.close();
  }
}

function aclOf(rights: Rights): 'locked' | 'open' | 'unknown' {
  if (rights.delete || rights.tombstone || rights.writeMetadata) return 'open';
  return rights.append ? 'locked' : 'unknown';
}

async function nodesSeen(connection: Connection): Promise<EventStoreDbInspection['nodes']> {
  const names = Object.entries(gossip.MemberInfo.VNodeState);
  return (await connection.gossip()).getMembersList().map((member) => {
    const [name = 'unknown'] = names.find(([, state]) => state === member.getState()) ?? [];
    const at = member.getHttpEndPoint();
    const host = `${at?.getAddress() ?? ''}:${String(at?.getPort() ?? 0)}`;
    return { host, state: name.toLowerCase(), alive: member.getIsAlive() };
  });
}

/** Never rejects. */
async function clockSkew(
  connection: Connection,
  address: Address,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const node = await connection.node();
    const askedAt = Date.now();
    const asked = { method: 'GET', path: '/info' } as const;
    const { date } = await httpAnswer(address, node, asked, signal);
    const there = Date.parse(date ?? '') + HALF_SECOND;
    const skew = Math.round(there - (askedAt + Date.now()) / 2);
    return Number.isNaN(skew) ? undefined : skew;
  } catch {
    return undefined;
  }
}

/** Never rejects. */
async function hiddenStreams(
  connection: Connection,
  names: Names,
  signal: AbortSignal,
): Promise<number | undefined> {
  const filter = eventTypeFilter({ prefixes: Object.values(HIDING) });
  const looking = connection.subscribeToAll({ filter, requiresLeader: true });
  const hidden = new Map<string, boolean>();
  const isThrough = await new Promise<boolean>((resolve) => {
    looking.on('data', (read: AllStreamResolvedEvent) => {
      note(hidden, names, read);
    });
    looking.on('caughtUp', () => {
      resolve(true);
    });
    const stop = () => {
      resolve(false);
    };
    looking.on('error', stop);
    signal.addEventListener('abort', stop);
  });
  looking.unsubscribe().catch(() => undefined);
  looking.destroy();
  return isThrough ? [...hidden.values()].filter(Boolean).length : undefined;
}

/** The newest metadata of a stream count; a tombstone is for ever. */
function note(hidden: Map<string, boolean>, names: Names, { event }: AllStreamResolvedEvent): void {
  if (event === undefined) return;
  const { streamId, type } = event;
  const stream = type === HIDING.metadata ? streamId.slice('$$'.length) : streamId;
  if (names.logical(stream) === undefined && stream !== names.identity) return;
  const data: unknown = event.data;
  const hides = isJsonObject(data) && HIDING_KEYS.some((key) => Number(data[key]) > 0);
  hidden.set(stream, type === HIDING.tombstone || hides);
}
