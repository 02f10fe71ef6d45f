import { readFileSync } from 'node:fs';

import type {
  ChannelCredentialOptions,
  Credentials,
  DNSClusterOptions,
  EndPoint,
  GossipClusterOptions,
  SingleNodeOptions,
} from '@eventstore/db-client';
// The client keeps the parser of its own connection strings to itself.
import { parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString.js';

import { InvalidInput } from '#kernel';

/** Seconds that a node has to say who leads: one that hangs must not use up a call's time. */
const GOSSIP_SECONDS = 1;

type Parsed = ReturnType<typeof parseConnectionString>;

/** What a connection string says of where the database is, and who we are to it. */
export interface Address {
  readonly settings: Parsed;
  readonly security: ChannelCredentialOptions;
  readonly user: Credentials | undefined;
}

/** @throws InvalidInput, which quotes nothing: a connection string may hold a password */
export function addressOf(url: string): Address {
  const settings = parsed(url);
  const { tls, tlsCAFile, userCertFile, userKeyFile } = settings;
  const insecure = tls === false;
  return {
    settings,
    security: {
      insecure,
      ...(insecure || tlsCAFile === undefined ? {} : { rootCertificate: file(tlsCAFile) }),
      ...(userCertFile === undefined ? {} : { userCertFile: file(userCertFile) }),
      ...(userKeyFile === undefined ? {} : { userKeyFile: file(userKeyFile) }),
    },
    user: settings.defaultCredentials,
  };
}

/** The client's settings for finding a node: one that is named, or by gossip or DNS. */
export function nodesOf(
  { hosts, dnsDiscover, gossipTimeout, nodePreference }: Parsed,
  preferred: EndPoint | undefined,
  common: Pick<SingleNodeOptions, 'connectionName' | 'keepAliveInterval' | 'keepAliveTimeout'>,
): SingleNodeOptions | DNSClusterOptions | GossipClusterOptions {
  const [first] = hosts;
  if (first === undefined) throw notAnAddress('names no host');
  if (preferred !== undefined) return { ...common, endpoint: preferred };
  const discovery = {
    ...common,
    gossipTimeout: gossipTimeout ?? GOSSIP_SECONDS,
    // Whoever asked tries again by itself.
    maxDiscoverAttempts: 1,
    ...(nodePreference === undefined ? {} : { nodePreference }),
  };
  if (dnsDiscover) return { ...discovery, discover: first };
  return hosts.length > 1 ? { ...discovery, endpoints: hosts } : { ...common, endpoint: first };
}

function parsed(url: string): Parsed {
  try {
    return parseConnectionString(url);
  } catch {
    throw notAnAddress('is not an esdb:// connection string');
  }
}

function file(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw notAnAddress('names a certificate file that cannot be read');
  }
}

function notAnAddress(hint: string): InvalidInput {
  return new InvalidInput('EVENTSTOREDB_URL', 'connection-string', hint);
}
