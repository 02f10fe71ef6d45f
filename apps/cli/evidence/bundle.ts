import { readFile } from 'node:fs/promises';

import { customerStream } from '#customers';
import { parseCheckpoint, type BundleOf, type SignedCheckpoint } from '#evidence';
import type { SubjectId } from '#kernel';
import { InvalidInput, parseInstant, uuidAs } from '#kernel';
import type { Command } from 'commander';

import { readSettings, readVerifier, VERIFIERS } from '../../composition/index.js';
import { EXITS_HELP } from '../exits.js';
import type { Session } from '../session.js';
import { makeBundle } from './bundle-run.js';

interface Options {
  readonly customer?: string;
  readonly from?: string;
  readonly to?: string;
  readonly out: string;
  readonly kept?: string;
  readonly json?: boolean;
}

/** `ledger evidence bundle` */
export function addBundle(evidence: Command, session: Session): void {
  evidence
    .command('bundle')
    .description(
      'Write evidence that a stranger checks offline: events as ciphertext, proofs, checkpoint, ' +
        'states of keys, and the verifier as a page and a program.',
    )
    .requiredOption('--out <DIR|FILE.zip>', 'an empty folder, made if it is not there, or a zip')
    .option('--customer <ID>', 'only the stream of this customer')
    .option('--from <INSTANT>', 'from the first event recorded since 2026-03-02T09:15:00Z')
    .option('--to <INSTANT>', 'up to the last event recorded until then')
    .option('--kept <FILE>', 'a checkpoint that the receiver has kept: a part is proven against it')
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => bundle(session, options));
}

async function bundle(session: Session, options: Options): Promise<void> {
  const of = askedFor(options);
  const kept = options.kept === undefined ? undefined : await keptIn(options.kept);
  const programs = await builtPrograms();
  const figures = await makeBundle({
    settings: readSettings(session.environment),
    of,
    kept,
    programs,
    out: options.out,
    onEvents: tellEvery(session),
    onProblem: (code) => {
      session.note(`ledger: ${code}`);
    },
  });
  if (options.json === true) session.json({ ...figures, out: options.out });
  else
    session.say(
      `${String(figures.events)} events, proven at ${String(figures.size)}: ${options.out}`,
    );
}

function askedFor({ customer, from, to }: Options): BundleOf {
  const isPeriod = from !== undefined || to !== undefined;
  if (customer !== undefined) {
    if (isPeriod) throw new InvalidInput('--customer', 'alone', 'does not go with --from and --to');
    const subject = uuidAs<SubjectId>(customer, '--customer');
    return { kind: 'customer', subject, stream: customerStream(subject) };
  }
  if (!isPeriod) return { kind: 'ledger' };
  if (from === undefined || to === undefined) {
    throw new InvalidInput('--from', 'both', 'and --to go together');
  }
  return { kind: 'period', from: parseInstant(from, '--from'), to: parseInstant(to, '--to') };
}

const TOLD_EVERY = 50_000;

/** Who waits for a large bundle sees that it goes on. */
function tellEvery(session: Session): (events: number) => void {
  let told = 0;
  return (events) => {
    if (events - told < TOLD_EVERY) return;
    told = events;
    session.note(`${String(events)} events`);
  };
}

async function keptIn(file: string): Promise<SignedCheckpoint> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const kept = parseCheckpoint(text);
  if (kept === undefined) throw new InvalidInput('--kept', 'checkpoint', 'must be a checkpoint');
  return kept;
}

async function builtPrograms(): Promise<ReadonlyMap<string, Uint8Array>> {
  return new Map(
    await Promise.all(VERIFIERS.map(async (name) => [name, await readVerifier(name)] as const)),
  );
}
