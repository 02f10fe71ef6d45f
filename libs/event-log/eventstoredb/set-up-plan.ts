import { refuse, type Refusal } from '#kernel';

import type { Document } from './administration.js';
import { defaultAclOf, grantedAll } from './default-acl.js';
import { LEDGERS_RIGHTS, type Rights } from './rights.js';
import type { FoundUser } from './users.js';

/** What is to stand in the database in the end, and what may be changed for it. */
export interface Wanted {
  readonly user: string;
  readonly group: string;
  readonly resetPassword: boolean;
  readonly replaceAcl: boolean;
}

/** How the database stands. */
export interface Found {
  readonly settings: Document;
  readonly all: Document;
  readonly user: FoundUser | undefined;
  /** Whether the user signs in with the ledger's password. */
  readonly signsIn: boolean;
}

/** One thing that is changed in the database, in the order in which it is done. */
export type SetUpChange =
  'user-made' | 'group-joined' | 'password-reset' | 'all-granted' | 'acl-locked';

/** Users and groups whom no ACL stops, or who may take the database down. */
const ABOVE = ['admin', 'ops', '$admins', '$ops'];

/** What is left to do; a refusal where something stands otherwise that nobody said may be changed. */
export function planned(found: Found, wanted: Wanted): readonly SetUpChange[] | Refusal {
  const { user, signsIn } = found;
  const { group } = wanted;
  if ([wanted.user, ...(user?.groups ?? [])].some((name) => ABOVE.includes(name))) {
    return refuse(
      'conflict',
      'user-is-administrator',
      'EVENTSTOREDB_URL signs in as an administrator, whom no ACL stops: name a user of its own.',
    );
  }
  if (user?.disabled === true) {
    return refuse('conflict', 'user-disabled', 'The user of EVENTSTOREDB_URL is disabled.');
  }
  if (user !== undefined && !signsIn && !wanted.resetPassword) {
    return refuse(
      'conflict',
      'password-differs',
      'The user of EVENTSTOREDB_URL is there with another password: --reset-password sets this one.',
    );
  }
  const acl = defaultAclOf(found.settings.data, group);
  if (acl === 'another' && !wanted.replaceAcl) {
    return refuse(
      'conflict',
      'acl-differs',
      'The default ACL has been set to something else already: --replace-acl replaces it.',
    );
  }
  const changes: Readonly<Record<SetUpChange, boolean>> = {
    'user-made': user === undefined,
    'group-joined': user?.groups.includes(group) === false,
    'password-reset': user !== undefined && !signsIn,
    'all-granted': grantedAll(found.all.data, group) !== undefined,
    'acl-locked': acl !== 'locked',
  };
  return ORDER.filter((change) => changes[change]);
}

const ORDER: readonly SetUpChange[] = [
  'user-made',
  'group-joined',
  'password-reset',
  'all-granted',
  'acl-locked',
];

/** A refusal where the user may do too much or too little; undefined where all is right. */
export function wrongRights(rights: Rights): Refusal | undefined {
  const wrong = IN_WORDS.filter(([right]) => rights[right] !== LEDGERS_RIGHTS[right]).map(
    ([right, words]) => `${rights[right] ? 'may' : 'may not'} ${words}`,
  );
  if (wrong.length === 0) return undefined;
  const detail = `The user of EVENTSTOREDB_URL ${wrong.join(', ')}, whatever was set up.`;
  return refuse('conflict', 'rights-differ', detail);
}

/** What is allowed and what is not, for people to read. */
export function rightsInWords(rights: Rights): Readonly<Record<'may' | 'mayNot', string>> {
  const list = (allowed: boolean) =>
    IN_WORDS.filter(([right]) => rights[right] === allowed)
      .map(([, words]) => words)
      .join(', ');
  return { may: list(true), mayNot: list(false) };
}

const IN_WORDS: readonly (readonly [keyof Rights, string])[] = [
  ['append', 'append'],
  ['readAll', 'read $all'],
  ['readMetadata', 'read metadata'],
  ['delete', 'delete streams'],
  ['tombstone', 'end streams for good'],
  ['writeMetadata', 'write metadata'],
];
