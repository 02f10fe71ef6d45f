import type { Command } from 'commander';

import { showSettings } from '../composition/index.js';
import { EXITS_HELP } from './exits.js';
import type { Session } from './session.js';

/** `ledger config` */
export function addConfig(program: Command, session: Session): void {
  program
    .command('config')
    .description('Show every setting: its value and where that came from. Secrets are masked.')
    .option('--json', 'a JSON array')
    .addHelpText('after', EXITS_HELP)
    .action((options: { readonly json?: boolean }) => {
      const shown = showSettings(session.environment);
      if (options.json === true) {
        session.json(shown);
        return;
      }
      session.table([
        ['VARIABLE', 'VALUE', 'FROM', 'MEANING'],
        ...shown.map(({ variable, value, from, says }) => [variable, value, from, says]),
      ]);
    });
}
