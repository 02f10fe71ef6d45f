import type { Command } from 'commander';

import { EXITS_HELP } from '../exits.js';
import type { Session } from '../session.js';
import { addEvents } from './events.js';
import { addFigures } from './figures.js';
import { addTouched } from './touched.js';

/** `ledger audit …` */
export function addAudit(program: Command, session: Session): void {
  const audit = program
    .command('audit')
    .description('What happened, who touched whom, and the register in numbers. Opens no value.')
    .addHelpText('after', EXITS_HELP);
  for (const add of [addEvents, addFigures, addTouched]) add(audit, session);
}
