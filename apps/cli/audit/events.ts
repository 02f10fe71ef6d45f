import { filterOf, isWanted, wantedOf } from '#evidence';
import type { FilterGiven } from '#evidence';
import type { Command } from 'commander';

import { EVENT_TYPES } from '../../composition/index.js';
import { EXITS_HELP } from '../exits.js';
import { eventsOf, openedLog, print } from '../replay.js';
import type { Session } from '../session.js';
import { assertKnown, noteLinked } from './customers.js';

type Options = FilterGiven & { readonly json?: boolean };

/** `ledger audit events` */
export function addEvents(audit: Command, session: Session): void {
  audit
    .command('events')
    .description('Tell what happened, one event a line, as `replay` does; conditions add up.')
    .option('--from <INSTANT>', 'recorded then or later')
    .option('--to <INSTANT>', 'recorded then or earlier')
    .option('--type <TYPE>', 'of the event catalogue, such as CustomerRegistered')
    .option('--actor <ID>', 'id of an account, or ledger')
    .option('--purpose <CODE>', 'code of a purpose')
    .option('--customer <ID>', 'only the stream of this customer')
    .option('--json', 'a JSON object a line')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => events(session, options));
}

async function events(session: Session, { json, ...given }: Options): Promise<void> {
  const filter = filterOf(given, (name) => Object.hasOwn(EVENT_TYPES, name));
  const { customer } = filter;
  const log = await openedLog(session);
  try {
    if (customer !== undefined) await assertKnown(log, customer);
    const linked = customer === undefined ? () => undefined : noteLinked(session, customer);
    const wanted = wantedOf(eventsOf(log, customer), (event) => {
      linked(event);
      return isWanted(event, filter);
    });
    await print(session, wanted, undefined, json === true);
  } finally {
    await log.close();
  }
}
