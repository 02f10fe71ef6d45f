import type { SetUpChange, SetUpDone } from '#event-log/eventstoredb';
import { InvalidInput, isRefusal } from '#kernel';

import { readSettings } from '../../composition/index.js';
import { Refused } from '../exits.js';
import type { Session } from '../session.js';

export interface SetUpOptions {
  readonly group: string;
  readonly resetPassword?: boolean;
  readonly replaceAcl?: boolean;
  readonly json?: boolean;
}

/** No setting of the ledger: a server that runs must not know an administrator's password. */
const ADMIN_VARIABLE = 'EVENTSTOREDB_ADMIN_URL';

/** `ledger setup eventstoredb` */
export async function setUpEventStore(session: Session, options: SetUpOptions): Promise<void> {
  const settings = readSettings(session.environment);
  const { eventStoreDb: url, eventStoreDbPrefix: prefix } = settings;
  const adminUrl = session.environment[ADMIN_VARIABLE] ?? '';
  if (url === '') throw missing('EVENTSTOREDB_URL', "with the ledger's user and password");
  if (adminUrl === '') throw missing(ADMIN_VARIABLE, "with an administrator's user and password");
  // Its client is large: other commands do not load it.
  const { rightsInWords, setUpEventStoreDb } = await import('#event-log/eventstoredb');
  const { group, resetPassword = false, replaceAcl = false } = options;
  const done = await setUpEventStoreDb(
    { adminUrl, url, group, resetPassword, replaceAcl },
    { prefix, timeLimitMillis: settings.eventStoreDbMillis },
  );
  if (isRefusal(done)) throw new Refused(done);
  if (options.json === true) session.json(done);
  else tell(session, done, rightsInWords(done.rights));
}

function tell(
  session: Session,
  { user, group, changes }: SetUpDone,
  { may, mayNot }: Readonly<Record<'may' | 'mayNot', string>>,
): void {
  const says: Readonly<Record<SetUpChange, string>> = {
    'user-made': `user ${user} made, in group ${group}`,
    'group-joined': `user ${user} put into group ${group}`,
    'password-reset': `password of ${user} changed`,
    'all-granted': `group ${group} may read $all`,
    'acl-locked': `default ACL locked for group ${group}`,
  };
  for (const change of changes) session.say(says[change]);
  if (changes.length === 0) session.say('nothing had to be changed');
  session.say(`checked as ${user}: may ${may}; may not ${mayNot}`);
  session.say(
    `administrators may still do everything: keep ${ADMIN_VARIABLE} from the ledger, and users who ` +
      `are not of group ${group} have no access to streams without an ACL of their own`,
  );
}

function missing(variable: string, what: string): InvalidInput {
  return new InvalidInput(variable, 'missing', `must be set: a connection string ${what}`);
}
