import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { customerStream } from '#customers';
import type { EventLog } from '#event-log';
import { allPages } from '#event-log';
import type { Instant, RecordedEvent, SubjectId } from '#kernel';
import { parseInstant, START, uuidAs } from '#kernel';
import type { Command } from 'commander';

import { FILES, openLog, readSettings } from '../composition/index.js';
import { jsonLine, textLine } from './event-lines.js';
import { EXITS_HELP } from './exits.js';
import type { Session } from './session.js';

interface Options {
  readonly customer?: string;
  readonly asOf?: string;
  readonly json?: boolean;
}

/** Lines go out together: a write each would cost more than reading the log. */
const BUFFERED = 64 * 1024;

/** `ledger replay` */
export function addReplay(program: Command, session: Session): void {
  program
    .command('replay')
    .description('Tell what happened, one event a line, from the log alone. Opens no value.')
    .option('--customer <ID>', 'only the stream of this customer')
    .option('--as-of <INSTANT>', 'only what was recorded up to 2026-03-02T09:15:00Z')
    .option('--json', 'a JSON object a line, with data, keys and commands')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => replay(session, options));
}

async function replay(session: Session, options: Options): Promise<void> {
  const until = options.asOf === undefined ? undefined : parseInstant(options.asOf, '--as-of');
  const subject =
    options.customer === undefined ? undefined : uuidAs<SubjectId>(options.customer, '--customer');
  const log = await openedLog(session);
  try {
    await print(session, eventsOf(log, subject), until, options.json === true);
  } finally {
    await log.close();
  }
}

/** Prints events up to an instant. A stream's own time never falls; that of the log may. */
export async function print(
  session: Session,
  pages: AsyncIterable<readonly RecordedEvent[]>,
  until: Instant | undefined,
  asJson: boolean,
): Promise<void> {
  let lines = '';
  for await (const page of pages) {
    for (const event of page) {
      if (until !== undefined && event.metadata.recordedAt > until) continue;
      lines += asJson ? jsonLine(event) : textLine(event);
    }
    if (lines.length > BUFFERED) {
      await session.write(lines);
      lines = '';
    }
  }
  await session.write(lines);
}

/** The log alone, whatever it is kept in. */
export async function openedLog(session: Session): Promise<EventLog> {
  const settings = readSettings(session.environment);
  const file = join(settings.data, FILES.log);
  const isThere = await access(settings.eventStoreDb === '' ? file : settings.data).then(
    () => true,
    () => false,
  );
  // An empty folder is set up first, as the server would.
  if (!isThere) await session.withLedger('replay', () => Promise.resolve());
  return openLog(settings);
}

/** Events of the log as it is now, or of one customer. */
export async function* eventsOf(
  log: EventLog,
  subject: SubjectId | undefined,
): AsyncGenerator<readonly RecordedEvent[]> {
  if (subject !== undefined) {
    yield* log.read(customerStream(subject), 0);
    return;
  }
  yield* allPages(log, { after: START, until: await log.head() });
}
