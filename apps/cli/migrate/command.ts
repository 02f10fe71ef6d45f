import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';

import { InvalidInput, systemClock } from '#kernel';
import type { Command } from 'commander';

import type { Migration, Settings } from '../../composition/index.js';
import { migrate, readSettings, reopen } from '../../composition/index.js';
import { EXITS_HELP } from '../exits.js';
import { progressBar } from '../import/progress.js';
import type { Progress } from '../import/progress.js';
import type { Session } from '../session.js';

interface Options {
  readonly to?: string;
  readonly reopen?: boolean;
  readonly json?: boolean;
}

/** `ledger migrate --to FILE` */
export function addMigrate(program: Command, session: Session): void {
  program
    .command('migrate')
    .description(
      'Move the ledger to the stores that FILE names: log, vault and anchor are copied, keys wrapped as ' +
        'they are, and the place that they come from is closed for writing and signing. Stop every ' +
        'process first. Killed half-way it goes on when it is run again. The folder of secrets is not ' +
        'copied: name the same in FILE, or a copy of it.',
    )
    .option('--to <FILE>', 'settings of the new place, KEY=VALUE a line, the same names as here')
    .option('--reopen', 'give the move up: the ledger is here again, if nothing came about there')
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => run(session, options));
}

async function run(session: Session, options: Options): Promise<void> {
  const from = readSettings(session.environment);
  const to = options.to === undefined ? undefined : await settingsIn(options.to);
  const common = {
    clock: systemClock,
    onProblem: (code: string) => {
      session.note(`ledger: ${code}`);
    },
  };
  if (options.reopen === true) {
    await reopen({ ...common, from, to });
    if (options.json === true) session.json({ reopened: true });
    else session.say('the ledger is open here again; what was copied stays closed for ever');
    return;
  }
  if (to === undefined) throw new InvalidInput('--to', 'required', 'is needed');
  const shown = new Shown();
  try {
    const { head } = await migrate({ ...common, from, to, ...shown.listeners });
    shown.stop();
    const root = head === undefined ? null : Buffer.from(head.root).toString('base64');
    if (options.json === true) {
      session.json({ size: head?.size ?? null, root });
      return;
    }
    if (head === undefined) session.say('the ledger was moved there before');
    else session.say(`moved: ${String(head.size)} events, root ${String(root)} here and there`);
    session.say(`Start the ledger with the settings in ${String(options.to)}; here it is closed.`);
  } finally {
    shown.stop();
  }
}

/** What the file does not say has its default, not the value that it has here. */
async function settingsIn(file: string): Promise<Settings> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw new InvalidInput('--to', 'file', 'cannot be read');
  return readSettings(parseEnv(text));
}

/** A bar for what is being done, if somebody looks. */
class Shown {
  #what = '';
  #bar: Progress | undefined;
  #rows = 0;

  readonly listeners: Pick<Migration, 'onEvents' | 'onRows'> = {
    onEvents: (stage, events, total) => {
      this.#on(stage === 'copy' ? 'events copied' : 'events compared', total)?.update(events);
    },
    onRows: (table, rows) => {
      const bar = this.#on(`rows of ${table}`, 0);
      this.#rows += rows;
      bar?.update(this.#rows);
    },
  };

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #on(what: string, total: number): Progress | undefined {
    if (what === this.#what) return this.#bar;
    this.stop();
    this.#what = what;
    this.#rows = 0;
    this.#bar = progressBar(total, process.stderr, what);
    return this.#bar;
  }
}
