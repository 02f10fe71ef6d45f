import type { Command } from 'commander';

import { EXITS_HELP } from '../exits.js';
import type { Session } from '../session.js';
import { setUpEventStore, type SetUpOptions } from './eventstoredb.js';

const DEFAULT_GROUP = 'ledger';

/** `ledger setup eventstoredb` */
export function addSetup(program: Command, session: Session): void {
  program
    .command('setup')
    .description('Prepare the databases that a ledger runs on.')
    .addHelpText('after', EXITS_HELP)
    .command('eventstoredb')
    .description(
      'Make the user of EVENTSTOREDB_URL and its group, and lock the default ACL of the database, ' +
        'so that the ledger appends and reads and nobody but an administrator deletes. ' +
        'EVENTSTOREDB_ADMIN_URL is a connection string of an administrator, in the environment of ' +
        'this command alone. Run twice it changes nothing.',
    )
    .option('--group <NAME>', 'the group that the database is locked for', DEFAULT_GROUP)
    .option('--reset-password', 'give a user who is there already the password of EVENTSTOREDB_URL')
    .option('--replace-acl', 'replace a default ACL that somebody else has set')
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((options: SetUpOptions) => setUpEventStore(session, options));
}
