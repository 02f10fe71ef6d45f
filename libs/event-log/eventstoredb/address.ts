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

/** Where the client's parser looks for a user and a password. */
const CREDENTIALS = /^([^:]+:\/\/)([^:]+:[^@]+)@/;

type Parsed = ReturnType<typeof parseConnectionString>;

/** What a connection string says of where the database is, and who we are to it. */
export interface Address {
  readonly settings: Parsed;
  /** The first that it names. */
  readonly host: EndPoint;
  readonly security: ChannelCredentialOptions;
  readonly user: Credentials | undefined;
}

/**
 * @param variable what the connection string is known as to whoever set it
 * @throws InvalidInput, which quotes nothing: a connection string may hold a password
 */
export function addressOf(url: string, variable = 'EVENTSTOREDB_URL'): Address {
  const not = (hint: string) => new InvalidInput(variable, 'connection-string', hint);
  const file = (path: string) => {
    try {
      return readFileSync(path);
    } catch {
      throw not('names a certificate file that cannot be read');
    }
  };
  const settings = parsed(url);
  if (settings === undefined) throw not('is not an esdb:// connection string');
  if (settings.hosts.some((host) => host.address.includes('@'))) {
    throw not('has an @ in its user or password: percent-encode it');
  }
  const [host] = settings.hosts;
  if (host === undefined) throw not('names no host');
  const { tls, tlsCAFile, userCertFile, userKeyFile } = settings;
  const insecure = tls === false;
  return {
    settings,
    host,
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
  { settings, host }: Address,
  preferred: EndPoint | undefined,
  common: Pick<SingleNodeOptions, 'connectionName' | 'keepAliveInterval' | 'keepAliveTimeout'>,
): SingleNodeOptions | DNSClusterOptions | GossipClusterOptions {
  const { hosts, dnsDiscover, gossipTimeout, nodePreference } = settings;
  if (preferred !== undefined) return { ...common, endpoint: preferred };
  const discovery = {
    ...common,
    gossipTimeout: gossipTimeout ?? GOSSIP_SECONDS,
    // Whoever asked tries again by itself.
    maxDiscoverAttempts: 1,
    ...(nodePreference === undefined ? {} : { nodePreference }),
  };
  if (dnsDiscover) return { ...discovery, discover: host };
  return hosts.length > 1 ? { ...discovery, endpoints: hosts } : { ...common, endpoint: host };
}

/** The parser prints options that it does not know with all that stands around: no password may. */
function parsed(url: string): Parsed | undefined {
  const text = url.trim();
  const [found, scheme = '', credentials = ''] = CREDENTIALS.exec(text) ?? [];
  try {
    if (found === undefined) return parseConnectionString(text);
    const { defaultCredentials } = parseConnectionString(`esdb://${credentials}@localhost`);
    const masked = `${scheme}user:password@${text.slice(found.length)}`;
    const settings = parseConnectionString(masked);
    return defaultCredentials === undefined ? undefined : { ...settings, defaultCredentials };
  } catch {
    return undefined;
  }
}
