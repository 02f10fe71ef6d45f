import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Command } from 'commander';
import { Option } from 'commander';

import { EXITS_HELP } from '../exits.js';
import type { Session } from '../session.js';
import { Narrator } from './narrator.js';
import { Scenes } from './scenes.js';
import type { DemoLanguage } from './texts.js';
import { DEMO_LANGUAGES, TEXTS } from './texts.js';

const READING_MILLIS = 3_000;

interface Options {
  readonly lang: DemoLanguage;
  readonly fast?: boolean;
  readonly keep?: boolean;
}

/** `ledger demo` */
export function addDemo(program: Command, session: Session): void {
  program
    .command('demo')
    .description('Show a customer’s life and erasure in a temporary folder, within a minute.')
    .addOption(new Option('--lang <LANG>', 'language').choices(DEMO_LANGUAGES).default('fi'))
    .option('--fast', 'without pauses for reading')
    .option('--keep', 'leave the temporary folder')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => demo(session, options));
}

async function demo(session: Session, options: Options): Promise<void> {
  const texts = TEXTS[options.lang];
  const folder = await mkdtemp(join(tmpdir(), 'ledger-demo-'));
  const say = (line: string) => {
    session.say(line);
  };
  try {
    texts.intro(folder).forEach(say);
    const narrator = new Narrator(texts, say, options.fast === true ? 0 : READING_MILLIS);
    await new Scenes(folder, narrator).play();
  } finally {
    if (options.keep !== true) await rm(folder, { recursive: true, force: true });
    say('');
    say(options.keep === true ? texts.kept(folder) : texts.removed);
  }
}
