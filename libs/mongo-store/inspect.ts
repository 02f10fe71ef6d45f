import { MongoServerSelectionError, type Document, type MongoClient } from 'mongodb';

import { portError } from './faults.js';
import { asked, listIn, numberIn, refuses, textIn, within } from './inspect-commands.js';
import { Members, type MongoMember } from './inspect-members.js';
import { rightsIn, type MongoRights } from './inspect-rights.js';
import { clientOf } from './store.js';

/** Where a deployment is, and the variable that says so, as a problem with it names it. */
export interface MongoPlace {
  readonly url: string;
  readonly variable: string;
}

/** How a deployment is set up, as far as the user may see it; all undefined where it may not. */
export interface MongoSetup {
  readonly electionTimeoutMillis: number | undefined;
  /** How many servers a majority is, that has to have what is written. */
  readonly majority: number | undefined;
  /** Whether a majority waits for its journals by itself. */
  readonly majorityIsJournaled: boolean | undefined;
  /** False where data are in memory alone. */
  readonly isPersistent: boolean | undefined;
  /** The server's own default: `majority`, or a number of servers. */
  readonly writeConcern: string | undefined;
  /** How far members are behind the primary in copying, by host. */
  readonly lagMillis: ReadonlyMap<string, number>;
}

/** What a MongoDB deployment was seen to be. */
export interface MongoInspection {
  /** All servers that are known, also those that are away. */
  readonly members: readonly MongoMember[];
  /** Whether the connection string asks for one server alone, whatever becomes of its set. */
  readonly isDirect: boolean;
  /** `unchecked`: on, but whoever is at the other end is believed. */
  readonly tls: 'on' | 'off' | 'unchecked';
  /** Undefined where no server answered. */
  readonly server?: MongoServer;
}

export interface MongoServer {
  readonly version: string;
  readonly kind: 'replica-set' | 'sharded' | 'standalone';
  /** Whether a server does anything for one who has not signed in. */
  readonly authentication: 'on' | 'off';
  /** Undefined where nobody has signed in. */
  readonly rights?: MongoRights;
  readonly setup: MongoSetup;
}

const SELECTION_MILLIS = 4_000;
const SOCKET_MILLIS = 3_000;
const HEARTBEAT_MILLIS = 500;
const SETTLE_MILLIS = 2_500;
const LIMITS = {
  serverSelectionTimeoutMS: SELECTION_MILLIS,
  connectTimeoutMS: 2_000,
  socketTimeoutMS: SOCKET_MILLIS,
};
/** Also a set that has no primary is to be told of. */
const WATCHED = {
  heartbeatFrequencyMS: HEARTBEAT_MILLIS,
  readPreference: 'primaryPreferred',
} as const;

/**
 * Looks at a deployment, also one without a primary, and writes nothing.
 * @param databases what the user shall have rights on
 * @throws InvalidInput for a connection string that is none; Outage where a server answers and
 * refuses, as a wrong password
 */
export async function inspectMongoDb(
  place: MongoPlace,
  databases: readonly string[],
): Promise<MongoInspection> {
  const client = clientOf(place, LIMITS, WATCHED);
  const members = new Members(client);
  try {
    const hello = await greeted(client);
    await members.settled(SETTLE_MILLIS);
    const server =
      hello === undefined ? undefined : await serverOf(client, place, hello, databases);
    return {
      members: members.list(),
      isDirect: client.options.directConnection,
      tls: tlsOf(client),
      ...(server === undefined ? {} : { server }),
    };
  } catch (error) {
    throw portError('mongodb', error);
  } finally {
    await client.close();
  }
}

async function greeted(client: MongoClient): Promise<Document | undefined> {
  try {
    return await asked(client, { hello: 1 });
  } catch (error) {
    if (error instanceof MongoServerSelectionError) return undefined;
    throw error;
  }
}

async function serverOf(
  client: MongoClient,
  place: MongoPlace,
  hello: Document,
  databases: readonly string[],
): Promise<MongoServer> {
  const status = await asked(client, { connectionStatus: 1, showPrivileges: true });
  const isSignedIn = listIn(status, 'authInfo', 'authenticatedUsers').length > 0;
  return {
    version: textIn(await asked(client, { buildInfo: 1 }), 'version') ?? '',
    kind: kindOf(hello),
    authentication: (await refusesStrangers(client, place, isSignedIn)) ? 'on' : 'off',
    ...(status === undefined || !isSignedIn ? {} : { rights: rightsIn(status, databases) }),
    setup: await setupOf(client),
  };
}

function kindOf(hello: Document): MongoServer['kind'] {
  if (textIn(hello, 'msg') === 'isdbgrid') return 'sharded';
  return textIn(hello, 'setName') === undefined ? 'standalone' : 'replica-set';
}

async function refusesStrangers(client: MongoClient, place: MongoPlace, isSignedIn: boolean) {
  if (!isSignedIn) return refuses(client);
  const stranger = clientOf({ ...place, url: withoutUser(place.url) }, LIMITS, WATCHED);
  try {
    return await refuses(stranger);
  } finally {
    await stranger.close();
  }
}

/** The same servers for one who does not say who it is. */
function withoutUser(url: string): string {
  return url
    .replace(/\/\/[^@/]*@/, '//')
    .replace(/([?&])auth(Source|Mechanism|MechanismProperties)=[^&]*/gi, '$1');
}

async function setupOf(client: MongoClient): Promise<MongoSetup> {
  const config = await asked(client, { replSetGetConfig: 1 });
  const status = await asked(client, { replSetGetStatus: 1 });
  const server = await asked(client, { serverStatus: 1 });
  const defaults = await asked(client, { getDefaultRWConcern: 1 });
  const w = within(defaults, 'defaultWriteConcern', 'w');
  return {
    electionTimeoutMillis: numberIn(config, 'config', 'settings', 'electionTimeoutMillis'),
    majority: numberIn(status, 'writeMajorityCount'),
    majorityIsJournaled: flagIn(config, 'config', 'writeConcernMajorityJournalDefault'),
    isPersistent: flagIn(server, 'storageEngine', 'persistent'),
    writeConcern: typeof w === 'string' || typeof w === 'number' ? String(w) : undefined,
    lagMillis: lagsIn(status),
  };
}

function flagIn(document: Document | undefined, ...path: readonly string[]): boolean | undefined {
  const found = within(document, ...path);
  return typeof found === 'boolean' ? found : undefined;
}

/** By the time of the newest operation that each member has. */
function lagsIn(status: Document | undefined): ReadonlyMap<string, number> {
  const times = listIn(status, 'members').flatMap((member): [string, number][] => {
    const [host, at] = [textIn(member, 'name'), within(member, 'optimeDate')];
    const isCopy = ['PRIMARY', 'SECONDARY'].includes(textIn(member, 'stateStr') ?? '');
    return host === undefined || !isCopy || !(at instanceof Date) ? [] : [[host, at.getTime()]];
  });
  const newest = Math.max(...times.map(([, at]) => at));
  return new Map(times.map(([host, at]) => [host, newest - at]));
}

function tlsOf({ options }: MongoClient): MongoInspection['tls'] {
  if (!options.tls) return 'off';
  const { rejectUnauthorized, checkServerIdentity } = options;
  return rejectUnauthorized === false || checkServerIdentity !== undefined ? 'unchecked' : 'on';
}
