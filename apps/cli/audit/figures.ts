import type { FiguresAt } from '#evidence';
import { figuresAt } from '#evidence';
import { parseInstant, systemClock } from '#kernel';
import type { Command } from 'commander';

import { EXITS_HELP } from '../exits.js';
import type { Progress } from '../import/progress.js';
import { progressBar } from '../import/progress.js';
import type { Session } from '../session.js';

interface Options {
  readonly at?: string;
  readonly json?: boolean;
}

/** `ledger audit figures` */
export function addFigures(audit: Command, session: Session): void {
  audit
    .command('figures')
    .description('The register in numbers at an instant: customers, restricted, held, erased.')
    .option('--at <INSTANT>', 'such as 2026-03-02T09:15:00Z; now if it is left out, or to come')
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => figures(session, options));
}

async function figures(session: Session, { at, json }: Options): Promise<void> {
  const now = systemClock.now();
  const asked = at === undefined ? now : parseInstant(at, '--at');
  let bar: Progress | undefined;
  const found = await session.withLedger('audit', ({ stores }) =>
    figuresAt(stores, asked < now ? asked : now, ({ read, of }) => {
      bar ??= progressBar(of, process.stderr, 'events');
      bar.update(read);
    }).finally(() => bar?.stop()),
  );
  if (json === true) session.json({ ...found, treeSize: found.treeSize ?? null });
  else tell(session, found);
}

function tell(session: Session, found: FiguresAt): void {
  const { at, position, read, treeSize, customers, restricted, held, erasing, erased } = found;
  const tree = treeSize === undefined ? 'the tree is behind' : `tree of ${String(treeSize)}`;
  session.say(`at ${at}, from ${String(read)} events up to ${position || 'none'} (${tree})`);
  session.table([
    ['customers', String(customers.total)],
    ...counts(customers.byCategory),
    ['  absorbed', String(customers.absorbed)],
    ['restricted', String(restricted)],
    ['held', String(held.total)],
    ...counts(held.byHold),
    ['erasing', String(erasing)],
    ['erased', String(erased)],
    ['events', String(found.events.total)],
    ...counts(found.events.byType),
  ]);
}

function counts(by: Readonly<Record<string, number>>): string[][] {
  return Object.entries(by).map(([name, count]) => [`  ${name}`, String(count)]);
}
