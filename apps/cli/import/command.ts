import { readFile } from 'node:fs/promises';

import type { Delimiter, Encoding, ImportMap } from '#customers';
import { DELIMITERS, ENCODINGS, parseImportMap } from '#customers';
import { errorCode, InvalidInput } from '#kernel';
import type { Command } from 'commander';
import { Option } from 'commander';

import { EXITS_HELP } from '../exits.js';
import type { Session } from '../session.js';
import { fileForm } from './file-form.js';
import { progressBar } from './progress.js';
import { reportFile, reportLines } from './refusals.js';
import type { Totals } from './run.js';
import { runImport } from './run.js';

interface Options {
  readonly map?: string;
  readonly source?: string;
  readonly dryRun?: boolean;
  readonly report?: string;
  readonly encoding?: Encoding;
  readonly delimiter?: string;
  readonly json?: boolean;
}

/** `ledger import FILE` */
export function addImport(program: Command, session: Session): void {
  program
    .command('import')
    .description('Take the rows of a CSV file into the ledger. Run again, it changes nothing.')
    .argument('<FILE>', 'CSV file with the names of its columns in the first row')
    .option('--map <MAP.json>', 'how columns become fields (examples/README.md)')
    .option('--source <NAME>', 'without a map: private customers, by headers that are recognised')
    .option('--dry-run', 'write nothing, and report what would happen')
    .option('--report <FILE>', 'write refused rows to a CSV file: line, column, reason')
    .addOption(new Option('--encoding <E>', 'default: the map’s, or auto').choices(ENCODINGS))
    .option('--delimiter <SIGN>', 'one of , ; | tab; default: the map’s, or auto')
    .option('--json', 'the totals as one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((path: string, options: Options) => importFile(session, path, options));
}

async function importFile(session: Session, path: string, options: Options): Promise<void> {
  const map = await mapOf(options);
  const form = await fileForm(path, {
    encoding: options.encoding ?? map.encoding ?? 'auto',
    delimiter: delimiterOf(options.delimiter) ?? map.delimiter ?? 'auto',
  });
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const progress = progressBar(Math.max(0, form.lines - 1), process.stderr);
  const report =
    options.report === undefined
      ? reportLines((line) => {
          session.note(line);
        })
      : reportFile(options.report);
  try {
    const totals = await session.withLedger('import', (ledger) =>
      runImport({
        ledger,
        environment: session.environment,
        path,
        form,
        map,
        isTrial: options.dryRun === true,
        report,
        progress,
        signal: stopping.signal,
      }),
    );
    progress.stop();
    tell(session, totals, options);
  } finally {
    progress.stop();
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await report.close();
  }
}

function tell(session: Session, totals: Totals, options: Options): void {
  if (totals.refused > 0) session.exit = 'rowsRefused';
  if (totals.interrupted) session.exit = 'interrupted';
  if (options.json === true) {
    session.json({ ...totals, dryRun: options.dryRun === true });
    return;
  }
  if (totals.leftOut.length > 0) {
    session.note(`columns of which nothing is taken: ${totals.leftOut.join(', ')}`);
  }
  const { rows, taken, changed, unchanged, refused } = totals;
  const how = options.dryRun === true ? 'dry run, nothing written: ' : '';
  const stopped = totals.interrupted ? ' (interrupted; run it again to go on)' : '';
  session.say(
    `${how}${String(rows)} rows: ${String(taken)} taken (${String(changed)} of them changes), ` +
      `${String(unchanged)} unchanged, ${String(refused)} refused${stopped}`,
  );
}

async function mapOf(options: Options): Promise<ImportMap> {
  if (options.map === undefined) {
    if (options.source === undefined) {
      throw new InvalidInput('--map', 'required', 'must be given, or --source');
    }
    return parseImportMap({ kind: 'customers', source: options.source, category: 'private' });
  }
  if (options.source !== undefined) {
    throw new InvalidInput('--source', 'not-with-map', 'stands in the map');
  }
  return parseImportMap(parseJson(await readMap(options.map)));
}

async function readMap(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error) ?? 'unknown';
    throw new InvalidInput('--map', 'unreadable', `cannot be read (${code})`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput('--map', 'json', 'is not valid JSON');
  }
}

function delimiterOf(given: string | undefined): Delimiter | undefined {
  if (given === undefined) return undefined;
  const sign = given === 'tab' || given === '\\t' ? '\t' : given;
  const found = DELIMITERS.find((one) => one === sign);
  if (found !== undefined) return found;
  throw new InvalidInput('--delimiter', 'enum', 'must be one of , ; | tab auto');
}
