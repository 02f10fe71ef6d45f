import { isJsonObject, type Json, type JsonObject } from '#kernel';

/** Everybody who has signed in. */
const ALL = '$all';
/** A name that nobody has. */
const NOBODY = '$none';
const ADMINS = '$admins';
/** Reading, writing, deleting; reading and writing metadata. */
const KEYS = ['$r', '$w', '$d', '$mr', '$mw'] as const;
const USER_ACL = '$userStreamAcl';
const SYSTEM_ACL = '$systemStreamAcl';

type Acl = Readonly<Record<(typeof KEYS)[number], string>>;

/** The default ACL of a database, as the ledger sees it. */
export type DefaultAcl = 'open' | 'locked' | 'another';

/**
 * Only the group reads and appends, and nobody but administrators deletes or describes streams. The
 * group may read metadata: by them alone a stream that an administrator deleted is told from one
 * that never was.
 */
function lockedFor(group: string): Acl {
  return { $r: group, $w: group, $d: NOBODY, $mr: group, $mw: NOBODY };
}

const SYSTEM: Acl = { $r: ADMINS, $w: ADMINS, $d: ADMINS, $mr: ADMINS, $mw: ADMINS };

/** @param settings the newest event of `$settings`, if there is one */
export function defaultAclOf(settings: JsonObject | undefined, group: string): DefaultAcl {
  const acl = settings?.[USER_ACL];
  const given = isJsonObject(acl) ? acl : {};
  const says = (wanted: (key: keyof Acl) => string, unsaid: boolean) =>
    KEYS.every((key) => {
      const roles = rolesIn(given[key]);
      return roles === undefined ? unsaid : String(roles) === wanted(key);
    });
  if (says(() => ALL, true)) return 'open';
  return says((key) => lockedFor(group)[key], false) ? 'locked' : 'another';
}

/** The event for `$settings` that locks it; what else stands there stays. */
export function lockedSettings(settings: JsonObject | undefined, group: string): JsonObject {
  return {
    ...settings,
    [USER_ACL]: lockedFor(group),
    [SYSTEM_ACL]: settings?.[SYSTEM_ACL] ?? SYSTEM,
  };
}

/** Metadata of `$all` that let the group read it too; undefined where they do already. */
export function grantedAll(
  metadata: JsonObject | undefined,
  group: string,
): JsonObject | undefined {
  const acl = isJsonObject(metadata?.$acl) ? metadata.$acl : {};
  const readers = rolesIn(acl.$r) ?? [];
  if (readers.includes(group) || readers.includes(ALL)) return undefined;
  return { ...metadata, $acl: { ...acl, $r: [...readers, group] } };
}

function rolesIn(roles: Json | undefined): readonly string[] | undefined {
  if (typeof roles === 'string') return [roles];
  return Array.isArray(roles) ? roles.map(String) : undefined;
}
