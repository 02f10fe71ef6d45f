import { resolve } from 'node:path';

import { isNoteName } from '#evidence';
import { InvalidInput } from '#kernel';

import { databaseIn } from './mongo-url.js';

/** What a setting is read as. */
type Kind = 'text' | 'path' | 'port' | 'millis' | 'count' | 'flag' | 'role';

interface Declared {
  readonly variable: string;
  readonly kind: Kind;
  readonly standard: string;
  /** Shown masked, whatever its value. */
  readonly secret?: boolean;
  readonly says: string;
}

/** Every setting of the ledger, in the order of `ledger config`. Durations are milliseconds. */
export const DECLARED = {
  host: { variable: 'HOST', kind: 'text', standard: '127.0.0.1', says: 'address to listen on' },
  port: { variable: 'PORT', kind: 'port', standard: '3000', says: 'port to listen on; 0: any' },
  data: { variable: 'LEDGER_DATA', kind: 'path', standard: './data', says: 'folder of the stores' },
  secrets: {
    variable: 'LEDGER_SECRETS',
    kind: 'path',
    standard: '',
    says: 'folder of KEKs, anchor and signing key; default <LEDGER_DATA>.secrets',
  },
  eventStoreDb: {
    variable: 'EVENTSTOREDB_URL',
    kind: 'text',
    standard: '',
    says: 'EventStoreDB that holds the event log; without it a file in LEDGER_DATA does',
  },
  eventStoreDbPrefix: {
    variable: 'EVENTSTOREDB_PREFIX',
    kind: 'text',
    standard: 'ledger.',
    says: 'what the names of the streams there begin with; another ledger takes another',
  },
  eventStoreDbMillis: {
    variable: 'EVENTSTOREDB_TIMEOUT_MS',
    kind: 'millis',
    standard: '3000',
    says: 'after which a call to EventStoreDB without an answer is given up',
  },
  mongoDb: {
    variable: 'MONGODB_URL',
    kind: 'text',
    standard: '',
    says: 'MongoDB that holds views and vault; without it files in LEDGER_DATA do',
  },
  vaultUrl: {
    variable: 'VAULT_URL',
    kind: 'text',
    standard: '',
    says: 'MongoDB that holds the vault, where that is another; default MONGODB_URL',
  },
  anchorUrl: {
    variable: 'ANCHOR_URL',
    kind: 'text',
    standard: '',
    says: 'MongoDB that holds the anchor; without it a file in LEDGER_SECRETS does',
  },
  role: {
    variable: 'ROLE',
    kind: 'role',
    standard: 'all',
    says: 'what a server does: api answers, projector makes views and runs timers, all does both',
  },
  origin: {
    variable: 'LEDGER_ORIGIN',
    kind: 'text',
    standard: 'privacy-ledger.local',
    says: 'name under which the ledger signs',
  },
  cacheMillis: {
    variable: 'LEDGER_KEY_CACHE_MS',
    kind: 'millis',
    standard: '30000',
    says: 'how long a process keeps keys, 60000 at most; the same in all of them',
  },
  leaseMillis: {
    variable: 'LEDGER_LEASE_MS',
    kind: 'millis',
    standard: '5000',
    says: 'how long a lease lasts; a dead process is replaced after it',
  },
  timerMillis: {
    variable: 'LEDGER_TIMER_MS',
    kind: 'millis',
    standard: '1000',
    says: 'how often timers look for what is due',
  },
  waitMillis: {
    variable: 'LEDGER_WAIT_MS',
    kind: 'millis',
    standard: '5000',
    says: 'longest that a query waits for its own write, or an answer for an erasure',
  },
  checkpointMillis: {
    variable: 'LEDGER_CHECKPOINT_MS',
    kind: 'millis',
    standard: '300000',
    says: 'age at which a new checkpoint is signed, where something new is to be covered (5 minutes)',
  },
  evidencePublic: {
    variable: 'EVIDENCE_PUBLIC',
    kind: 'flag',
    standard: 'false',
    says: 'whether checkpoint and hash tiles are for everybody, without a token',
  },
  witnesses: {
    variable: 'LEDGER_WITNESSES',
    kind: 'text',
    standard: '',
    says: 'who cosigns checkpoints: pairs of a vkey and an address, white space between; none by default',
  },
  witnessQuorum: {
    variable: 'LEDGER_WITNESS_QUORUM',
    kind: 'count',
    standard: '0',
    says: 'how many of the witnesses a checkpoint should be cosigned by',
  },
  timestampUrl: {
    variable: 'LEDGER_TIMESTAMP_URL',
    kind: 'text',
    standard: '',
    says: 'time-stamping authority (RFC 3161) that stamps a checkpoint a day; none by default',
  },
  timestampAnchors: {
    variable: 'LEDGER_TIMESTAMP_CA',
    kind: 'path',
    standard: '',
    says: 'its trust anchors, a PEM file; without it the chain of its certificate is not judged',
  },
  kekIntervalMillis: {
    variable: 'LEDGER_KEK_INTERVAL_MS',
    kind: 'millis',
    standard: '2592000000',
    says: 'age at which the key-encryption key is replaced (30 days)',
  },
  backupMillis: {
    variable: 'LEDGER_BACKUP_MS',
    kind: 'millis',
    standard: '2592000000',
    says: 'how long backups of the vault exist (30 days)',
  },
  backup: {
    variable: 'LEDGER_BACKUP',
    kind: 'path',
    standard: '',
    says: 'folder for a copy of the vault after each rotation; expired ones are removed; none by default',
  },
  secure: {
    variable: 'LEDGER_TLS',
    kind: 'flag',
    standard: 'false',
    says: 'whether TLS ends before the ledger: sets HSTS and upgrade-insecure-requests',
  },
  logLevel: { variable: 'LOG_LEVEL', kind: 'text', standard: 'info', says: 'pino log level' },
} as const satisfies Record<string, Declared>;

/** What a server does. */
export const ROLES_OF_SERVERS = ['all', 'api', 'projector'] as const;
export type ServerRole = (typeof ROLES_OF_SERVERS)[number];

type Name = keyof typeof DECLARED;
type ValueOf<K extends Kind> = K extends 'text' | 'path'
  ? string
  : K extends 'flag'
    ? boolean
    : K extends 'role'
      ? ServerRole
      : number;

/** The settings that one process runs with. */
export type Settings = { readonly [N in Name]: ValueOf<(typeof DECLARED)[N]['kind']> };

/** One line of `ledger config`. */
export interface ShownSetting {
  readonly name: string;
  readonly variable: string;
  readonly value: string;
  readonly from: 'default' | 'environment';
  readonly says: string;
}

/** Names with a dollar are the server's own. */
const PREFIX = /^[A-Za-z][A-Za-z0-9.-]{0,63}$/;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings. @throws InvalidInput that names the variable and not its value */
export function readSettings(environment: Environment): Settings {
  const read = Object.fromEntries(
    Object.entries(DECLARED).map(([name, declared]) => [name, valueOf(declared, environment)]),
  ) as Settings;
  if (read.cacheMillis > 60_000) {
    throw new InvalidInput(DECLARED.cacheMillis.variable, 'max', 'is 60000 at most');
  }
  const secrets = read.secrets === '' ? `${read.data}.secrets` : read.secrets;
  if (secrets === read.data || secrets.startsWith(`${read.data}/`)) {
    throw new InvalidInput(DECLARED.secrets.variable, 'apart', 'lies outside of LEDGER_DATA');
  }
  if (!isNoteName(read.origin) || read.origin.length > 255) {
    const { variable } = DECLARED.origin;
    throw new InvalidInput(variable, 'origin', 'is 1 to 255 characters, no space and no plus');
  }
  if (!PREFIX.test(read.eventStoreDbPrefix)) {
    const { variable } = DECLARED.eventStoreDbPrefix;
    throw new InvalidInput(
      variable,
      'prefix',
      'is letters, digits, dots and hyphens, a letter first',
    );
  }
  return { ...read, ...urls(read), secrets };
}

/** The vault is beside the views unless it is said to be elsewhere, and always in a database of its own. */
function urls(read: Settings): Pick<Settings, 'vaultUrl'> {
  const { mongoDb, vaultUrl } = read;
  if (vaultUrl !== '') return { vaultUrl };
  if (databaseIn(mongoDb) !== undefined) {
    const { variable } = DECLARED.vaultUrl;
    throw new InvalidInput(variable, 'required', 'is needed where MONGODB_URL names a database');
  }
  return { vaultUrl: mongoDb };
}

/** Every setting with its value and where it came from; secrets and passwords are masked. */
export function showSettings(environment: Environment): readonly ShownSetting[] {
  const settings = readSettings(environment);
  return Object.entries(DECLARED).map(([name, declared]) => ({
    name,
    variable: declared.variable,
    value: masked(String(settings[name as Name])),
    from: isSet(environment[declared.variable]) ? 'environment' : 'default',
    says: declared.says,
  }));
}

function valueOf(declared: Declared, environment: Environment): string | number | boolean {
  const given = environment[declared.variable];
  const text = isSet(given) ? given : declared.standard;
  switch (declared.kind) {
    case 'text':
      return text;
    case 'path':
      return text === '' ? '' : resolve(text);
    case 'flag':
      if (text !== 'true' && text !== 'false') {
        throw new InvalidInput(declared.variable, 'flag', 'must be true or false');
      }
      return text === 'true';
    case 'role':
      return roleOf(declared, text);
    case 'port':
    case 'count':
    case 'millis':
      return wholeNumber(declared, text);
  }
}

function wholeNumber(declared: Declared, text: string): number {
  const max = declared.kind === 'port' ? 65_535 : Number.MAX_SAFE_INTEGER;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max)) {
    throw new InvalidInput(declared.variable, declared.kind, 'must be a whole number in range');
  }
  return value;
}

function roleOf(declared: Declared, text: string): ServerRole {
  const role = ROLES_OF_SERVERS.find((one) => one === text);
  if (role !== undefined) return role;
  throw new InvalidInput(declared.variable, 'choice', `is one of ${ROLES_OF_SERVERS.join(', ')}`);
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

/** A password in a URL is nobody's to see, also one that was not encoded as it should be. */
function masked(text: string): string {
  return text
    .replace(/(\/\/[^:/@]*:).*@/, '$1***@')
    .replace(/([?&][^=&]*(?:password|secret|token)[^=&]*=)[^&]*/gi, '$1***');
}
