import type { MongoInspection, MongoServer } from '#mongo-store';

import type { Check } from './check.js';
import { advice, failure, ok, skipped, warning } from './check.js';
import type { Deployment } from './deployments.js';
import { deploymentsOf } from './deployments.js';
import { isHere, lookAtMembers } from './mongodb-members.js';
import type { Patient } from './patient.js';
import { troubleOf } from './run.js';
import { listed } from './texts.js';

const OLDEST_MAJOR = 6;
/** What docs/operations.md tells to set: with it a killed primary costs writers 3 s, else 12. */
const TUNED_ELECTION_MILLIS = 2_000;

/** Each MongoDB that the settings name. */
export async function lookAtMongoDb(patient: Patient): Promise<readonly Check[]> {
  const looked = await Promise.all(deploymentsOf(patient.settings).map(lookAtDeployment));
  return [...looked.flatMap(({ checks }) => checks), ...sharing(looked)];
}

interface Looked {
  readonly parts: Deployment['parts'];
  /** What tells a deployment from another: its servers, or else its URL. */
  readonly servers: string;
  readonly checks: readonly Check[];
}

async function lookAtDeployment({ parts, databases, ...place }: Deployment): Promise<Looked> {
  const of = listed(parts);
  try {
    const { inspectMongoDb } = await import('#mongo-store');
    const seen = await inspectMongoDb(place, databases);
    const servers = seen.members.map(({ host }) => host).join();
    return { parts, servers, checks: checksOf(of, seen) };
  } catch (error) {
    return { parts, servers: place.url, checks: [troubleOf('mongodb', error, of)] };
  }
}

/** What an inspection comes to. @param of the parts of the ledger that are there */
export function checksOf(of: string, seen: MongoInspection): readonly Check[] {
  const { server } = seen;
  if (server === undefined) {
    const finding = {
      of,
      seen: 'no server answers',
      mend: 'start it, or see to the network and the URL',
    };
    return [failure('mongodb', finding), ...lookAtMembers(of, seen)];
  }
  return [
    version(of, server),
    ...lookAtMembers(of, seen),
    ...elections(of, seen, server),
    ...durability(of, server),
    tls(of, seen),
    authentication(of, seen, server),
    ...rights(of, server),
  ];
}

const KINDS = {
  'replica-set': 'a replica set',
  sharded: 'a sharded cluster',
  standalone: 'a server alone',
} as const;

function version(of: string, { version: found, kind }: MongoServer): Check {
  const [major = 0] = found.split('.').map(Number);
  if (kind === 'standalone') {
    return failure('mongodb-standalone', {
      of,
      seen: 'a server alone: the ledger refuses it',
      mend: 'make it a replica set, also of one: replication.replSetName, then rs.initiate()',
    });
  }
  if (major >= OLDEST_MAJOR) return ok('mongodb', `answers; ${KINDS[kind]}, version ${found}`, of);
  const seen = `version ${found}: the ledger needs 6.0 or later`;
  return failure('mongodb-version', { of, seen, mend: 'upgrade it' });
}

function elections(of: string, { members }: MongoInspection, { kind, setup }: MongoServer) {
  if (kind !== 'replica-set' || members.length < 2) return [];
  const { electionTimeoutMillis: millis } = setup;
  if (millis === undefined) return [notTold('mongodb-elections', of, 'election times')];
  const seen = `electionTimeoutMillis ${String(millis)}`;
  if (millis <= TUNED_ELECTION_MILLIS) return [ok('mongodb-elections', seen, of)];
  return [
    advice('mongodb-elections', {
      of,
      seen: `${seen}: the death of a primary stops writing for longer than it need`,
      mend: 'rs.reconfig with the settings that docs/operations.md names under MongoDB',
    }),
  ];
}

function durability(of: string, { setup, kind }: MongoServer): readonly Check[] {
  const { isPersistent, majorityIsJournaled, writeConcern } = setup;
  if (isPersistent === false) {
    const mend = 'use the storage engine wiredTiger';
    return [failure('mongodb-durability', { of, seen: 'its data are in memory alone', mend })];
  }
  if (kind === 'sharded') return [];
  if (majorityIsJournaled === undefined)
    return [notTold('mongodb-durability', of, 'journal and write concern')];
  if (!majorityIsJournaled) {
    return [
      warning('mongodb-durability', {
        of,
        seen: 'writeConcernMajorityJournalDefault is false: others lose what a power cut takes',
        mend: 'rs.reconfig with writeConcernMajorityJournalDefault: true',
      }),
    ];
  }
  const by = writeConcern === undefined ? 'not told' : `w: ${writeConcern}`;
  const seen = `majority waits for the journal; the server's own default is ${by}, the ledger asks for majority`;
  return [ok('mongodb-durability', seen, of)];
}

function tls(of: string, { tls: found, members }: MongoInspection): Check {
  const code = 'mongodb-tls';
  switch (found) {
    case 'on':
      return ok(code, 'TLS is on', of);
    case 'unchecked':
      return failure(code, {
        of,
        seen: 'TLS is on, and whoever is at the other end is believed',
        mend: 'take tlsInsecure and tlsAllowInvalid… from the URL; name the authority with tlsCAFile',
      });
    case 'off':
      return members.every(isHere)
        ? ok(code, 'no TLS, and the way does not leave this machine', of)
        : warning(code, {
            of,
            seen: 'no TLS: who sees the network sees the password and all that is written',
            mend: 'set net.tls on the servers, and tls=true and tlsCAFile in the URL',
          });
  }
}

function authentication(of: string, { members }: MongoInspection, server: MongoServer): Check {
  const code = 'mongodb-authentication';
  if (server.authentication === 'off') {
    const finding = {
      of,
      seen: 'authentication is off: whoever reaches it may read and change everything',
      mend: 'set security.authorization and a keyFile, and give the ledger a user of its own',
    };
    return members.every(isHere) ? advice(code, finding) : warning(code, finding);
  }
  if (server.rights !== undefined) return ok(code, 'is on, and the ledger has signed in', of);
  return failure(code, {
    of,
    seen: 'is on, and the URL names no user',
    mend: 'make a user with readWrite and dbAdmin on the database, and name it in the URL',
  });
}

function rights(of: string, { rights: found }: MongoServer): readonly Check[] {
  if (found === undefined) return [];
  const code = 'mongodb-rights';
  const { missing, excessive } = found;
  if (missing.size > 0) {
    const lacking = [...missing].map(([database, actions]) => `${listed(actions)} on ${database}`);
    const mend = `grant the user readWrite and dbAdmin on ${listed([...missing.keys()])}`;
    return [failure(code, { of, seen: `the user may not ${lacking.join('; ')}`, mend })];
  }
  if (excessive.length > 0) {
    return [
      advice(code, {
        of,
        seen: `the user may more than the ledger needs: ${listed(excessive)}`,
        mend: 'give the ledger a user of its own, with readWrite and dbAdmin on its databases alone',
      }),
    ];
  }
  return [ok(code, 'the user may what the ledger needs', of)];
}

/** The vault's backups must expire, and hold neither what need not be kept nor the anchor. */
function sharing(looked: readonly Looked[]): readonly Check[] {
  const vault = looked.find(({ parts }) => parts.includes('vault'));
  const beside = looked.filter(({ servers }) => servers === vault?.servers);
  const parts = beside.flatMap((one) => one.parts);
  if (parts.length < 2) return [];
  return [
    advice('mongodb-shared', {
      of: listed(parts),
      seen: 'they share one deployment, and so their backups',
      mend: 'in production give each a cluster of its own: VAULT_URL, ANCHOR_URL',
    }),
  ];
}

function notTold(code: string, of: string, what: string): Check {
  return { ...skipped(code, `the user may not see ${what} (role clusterMonitor)`), of };
}
