import { setTimeout as pause } from 'node:timers/promises';

import { Outage } from '#kernel';
import type { Build, BuildStatus } from '#views';
import type { Command } from 'commander';

import type { Ledger } from '../composition/index.js';
import { startProcesses } from '../composition/index.js';
import { EXITS_HELP } from './exits.js';
import type { Session } from './session.js';

interface Options {
  readonly json?: boolean;
}

const POLL_MILLIS = 100;

/** `ledger views list|rebuild|retry` */
export function addViews(program: Command, session: Session): void {
  const views = program
    .command('views')
    .description('Read models: how far they are, and their rebuilding.')
    .addHelpText('after', EXITS_HELP);
  views
    .command('list')
    .description('List all builds of all views.')
    .option('--json', 'a JSON array')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => list(session, options));
  views
    .command('rebuild')
    .description(
      'Build a view anew beside the live one, and swap. A running server does the work; else this does.',
    )
    .argument('<NAME>', 'the view, as list shows it')
    .addHelpText('after', EXITS_HELP)
    .action((name: string) => rebuild(session, name));
  views
    .command('retry')
    .description('Let a parked view try again the event that it stands at.')
    .argument('<NAME>', 'the view, as list shows it')
    .addHelpText('after', EXITS_HELP)
    .action(async (name: string) => {
      await session.withLedger('views', (ledger) => ledger.projections.retry(name));
      session.say(`${name}: may go on`);
    });
}

async function list(session: Session, options: Options): Promise<void> {
  const statuses = await session.withLedger('views', (ledger) => ledger.projections.statuses());
  if (options.json === true) {
    session.json(statuses.map(({ build, current, caughtUp }) => ({ ...build, current, caughtUp })));
    return;
  }
  session.table([
    ['VIEW', 'VERSION', 'BUILD', 'STATE', 'CHECKPOINT', 'UP TO DATE', 'PARKED'],
    ...statuses.map(({ build, current, caughtUp }) => [
      build.view,
      current ? String(build.version) : `${String(build.version)} (old)`,
      String(build.build),
      build.state,
      build.checkpoint === '' ? '-' : build.checkpoint,
      caughtUp ? 'yes' : 'no',
      build.parked?.reason ?? '-',
    ]),
  ]);
}

async function rebuild(session: Session, name: string): Promise<void> {
  await session.withLedger('views', async (ledger) => {
    const begun = await ledger.projections.rebuild(name);
    // The lease decides who projects: a server that is running, or this process.
    const processes = startProcesses(ledger);
    try {
      await swapped(ledger, begun);
    } finally {
      await processes.stop();
    }
    session.say(`${name}: rebuilt; build ${String(begun.build)} is live`);
  });
}

/** Waits until a build is the live one. @throws Outage where it is parked, or cleared away */
async function swapped(ledger: Ledger, begun: Build): Promise<void> {
  for (;;) {
    const statuses = await ledger.projections.statuses();
    const mine = statuses.find(({ build }) => build.id === begun.id);
    if (mine === undefined || mine.build.state === 'retired') {
      throw new Outage('views', 'the build was replaced by another');
    }
    if (mine.build.state === 'live') return;
    if (mine.build.parked !== undefined) throw new Outage('views', parkedReason(mine));
    await pause(POLL_MILLIS);
  }
}

function parkedReason({ build }: BuildStatus): string {
  return `the build is parked: ${build.parked?.reason ?? 'unknown'}`;
}
