import type { Command } from 'commander';

import { EXITS_HELP } from '../exits.js';
import type { Session } from '../session.js';
import { timestampFiles, writeTimestamps, type TimestampFiles } from './timestamp-files.js';

interface Options {
  readonly out?: string;
  readonly json?: boolean;
}

const CHECKING = [
  '',
  'A stranger checks one with OpenSSL alone. CA.pem is what the authority itself gives out as its',
  'trust anchors; once its certificate has expired, -attime SECONDS says when it was valid:',
  '  openssl ts -verify -data SIZE.checkpoint -in SIZE.tsr -CAfile CA.pem',
].join('\n');

/** `ledger evidence timestamps` */
export function addTimestamps(evidence: Command, session: Session): void {
  evidence
    .command('timestamps')
    .description('List the timestamps (RFC 3161) of checkpoints, and write them for a stranger.')
    .option('--out <DIR>', 'a folder, made if it is not there, for checkpoints and timestamps')
    .option('--json', 'one line of JSON')
    .addHelpText('after', `${CHECKING}\n${EXITS_HELP}`)
    .action((options: Options) => timestamps(session, options));
}

async function timestamps(session: Session, { out, json }: Options): Promise<void> {
  const all = await session.withLedger('evidence', (ledger) => allOf(timestampFiles(ledger)));
  if (out !== undefined) await writeTimestamps(all, out, '--out');
  const newest = all.at(-1);
  const command = newest === undefined ? undefined : commandFor(newest);
  if (json === true) {
    session.json({ timestamps: all.map(shown), ...(out === undefined ? {} : { out, command }) });
    return;
  }
  session.table(all.map(rowOf));
  if (command === undefined) session.say('No checkpoint is stamped yet.');
  else if (out !== undefined) session.say(`\nTo check one, in ${out}:\n  ${command}`);
}

async function allOf(files: AsyncIterable<TimestampFiles>): Promise<readonly TimestampFiles[]> {
  const all: TimestampFiles[] = [];
  for await (const one of files) all.push(one);
  return all;
}

function commandFor({ data, reply }: TimestampFiles): string {
  return `openssl ts -verify -data ${data} -in ${reply} -CAfile CA.pem`;
}

function rowOf({ at, size, authority, chain, reply }: TimestampFiles): readonly string[] {
  return [at, String(size), authority, `chain ${chain}`, reply];
}

function shown({ origin, size, authority, at, chain, data, reply }: TimestampFiles) {
  return { origin, size, authority, at, chain, data, reply };
}
