import { readFile } from 'node:fs/promises';

import { customerStream } from '#customers';
import {
  FolderSink,
  nodeCryptography,
  parseCheckpoint,
  unwritable,
  vkeyOf,
  writeBundle,
  ZipSink,
  type BundleFigures,
  type BundleOf,
  type BundleSink,
  type SignedCheckpoint,
} from '#evidence';
import type { SubjectId } from '#kernel';
import { InvalidInput, parseInstant, refuse, uuidAs } from '#kernel';
import type { Command } from 'commander';

import type { Ledger } from '../../composition/index.js';
import { EvidenceReader, signWhile } from '../../composition/index.js';
import { EXITS_HELP, Refused } from '../exits.js';
import type { Session } from '../session.js';

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
  const figures = await session.withLedger('evidence', (ledger) =>
    signWhile(ledger, () => write(session, ledger, { of, kept, programs, out: options.out })),
  );
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

interface Asked {
  readonly of: BundleOf;
  readonly kept: SignedCheckpoint | undefined;
  readonly programs: ReadonlyMap<string, Uint8Array>;
  readonly out: string;
}

async function write(
  session: Session,
  ledger: Ledger,
  { of, kept, programs, out }: Asked,
): Promise<BundleFigures & { readonly size: number }> {
  const { stores, evidence, settings, clock } = ledger;
  const { size: treeSize } = await evidence.tree.state();
  const until = await stores.log.head();
  const note = await new EvidenceReader(ledger).signNow();
  const checkpoint = note === undefined ? undefined : parseCheckpoint(note);
  if (note === undefined || checkpoint === undefined) {
    throw new Refused(refuse('conflict', 'checkpoint-not-found', 'Nothing is signed yet.'));
  }
  const source = {
    ledger: ledger.id,
    log: stores.log,
    tree: evidence.tree,
    vault: stores.vault.vault,
    signer: evidence.signer,
    witnesses: await Promise.all(
      evidence.policy.witnesses.map(({ key }) => vkeyOf(key, nodeCryptography)),
    ),
    checkpointMillis: settings.checkpointMillis,
  };
  const wanted = {
    of,
    checkpoint,
    note,
    until,
    treeSize,
    programs,
    madeAt: clock.now(),
    keptSize: kept?.size,
  };
  const sink: BundleSink = out.endsWith('.zip')
    ? await ZipSink.open(out)
    : await FolderSink.open(out);
  try {
    const onEvents = tellEvery(session);
    const figures = await writeBundle(source, { ...wanted, onEvents }, sink);
    await sink.close();
    return { ...figures, size: checkpoint.size };
  } catch (error) {
    await sink.abandon();
    throw unwritable(error);
  }
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

/** Where the build leaves the verifiers, seen from the built command line. */
const PROGRAMS = new URL('../../../verifier/', import.meta.url);

async function builtPrograms(): Promise<ReadonlyMap<string, Uint8Array>> {
  const names = ['verify.html', 'verify.mjs'];
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(new URL(name, PROGRAMS))] as const),
    ),
  );
}
