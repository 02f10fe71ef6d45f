import { systemClock } from '#kernel';
import type { Command } from 'commander';

import { readSettings } from '../../composition/index.js';
import type { Exit } from '../exits.js';
import { EXITS_HELP } from '../exits.js';
import type { Session } from '../session.js';
import { lookAtAnchor } from './anchor.js';
import { lookAtBackups } from './backups.js';
import type { Status } from './check.js';
import { deploymentsOf } from './deployments.js';
import { lookAtErasures } from './erasures.js';
import { lookAtClock, lookAtLog } from './event-log.js';
import { lookAtEventStoreDb } from './eventstoredb.js';
import { lookAtFolders } from './folders.js';
import { lookAtKeks } from './keks.js';
import { lookAtIds } from './ledger-ids.js';
import { lookAtMachine } from './machine.js';
import { lookAtMongoDb } from './mongodb.js';
import { Patient } from './patient.js';
import { tell, tellPrograms, worstOf } from './report.js';
import type { Theme } from './run.js';
import { lookAt, troubleOf } from './run.js';
import { lookAtSecrets } from './secrets.js';
import { lookAtSettings } from './settings.js';
import { lookAtProcesses, lookAtVault } from './vault.js';
import { lookAtViews } from './views.js';

const EXIT_OF: Readonly<Record<Status, Exit>> = {
  ok: 'ok',
  skipped: 'ok',
  advice: 'ok',
  warning: 'warned',
  failure: 'unwell',
};

/** `ledger doctor` */
export function addDoctor(program: Command, session: Session): void {
  program
    .command('doctor')
    .description(
      'Look at everything the ledger is set up with, and say what to mend. Only reads, also beside ' +
        'a server, and needs no store to be well.',
    )
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((options: { readonly json?: boolean }) => doctor(session, options.json === true));
}

async function doctor(session: Session, asJson: boolean): Promise<void> {
  const looked = await lookAt(themesOf(session.environment));
  session.exit = EXIT_OF[worstOf(looked.flatMap(({ checks }) => checks))];
  if (asJson) tellPrograms(session, systemClock.now(), looked);
  else tell(session, looked);
}

type Environment = Session['environment'];

function themesOf(environment: Environment): readonly Theme[] {
  const machine = {
    title: 'Machine',
    code: 'machine',
    look: () => lookAtMachine(environment),
  };
  try {
    const settings = readSettings(environment);
    const patient = new Patient(settings, systemClock);
    const choice = {
      title: 'Settings',
      code: 'settings',
      look: () => lookAtSettings(settings, environment),
    };
    return [machine, choice, ...themesOn(patient)];
  } catch (error) {
    // Without settings it is not known where anything is.
    const look = () => Promise.resolve([troubleOf('settings', error)]);
    return [machine, { title: 'Settings', code: 'settings', look }];
  }
}

function themesOn(patient: Patient): readonly Theme[] {
  const theme = (
    title: string,
    code: string,
    look: (patient: Patient) => ReturnType<Theme['look']>,
  ): Theme => ({ title, code, look: () => look(patient) });
  return [
    theme('Machine', 'clock', lookAtClock),
    theme('Folders', 'folders', lookAtFolders),
    theme('Secrets', 'secrets', lookAtSecrets),
    theme('Stores', 'event-log', lookAtLog),
    theme('Stores', 'vault', lookAtVault),
    theme('Stores', 'anchor', lookAtAnchor),
    theme('Stores', 'ledger-id', lookAtIds),
    ...(patient.settings.eventStoreDb === ''
      ? []
      : [theme('EventStoreDB', 'eventstoredb', lookAtEventStoreDb)]),
    ...(deploymentsOf(patient.settings).length === 0
      ? []
      : [theme('MongoDB', 'mongodb', lookAtMongoDb)]),
    theme('Processes', 'processes', lookAtProcesses),
    theme('Views', 'views', lookAtViews),
    theme('Erasures', 'erasures', lookAtErasures),
    theme('Keys', 'keks', lookAtKeks),
    theme('Backups', 'backups', lookAtBackups),
  ];
}
