import { readFile } from 'node:fs/promises';

import type { AuditReport, NoteKey, Quorum, Scanned } from '#evidence';
import { auditLog, nodeCryptography, parseVkey } from '#evidence';
import { InvalidInput, IntegrityError, type Clock, type Position } from '#kernel';

import type { Settings } from '../../composition/index.js';
import { SecretsFolder } from '../../composition/secrets-folder.js';
import { openSigner } from '../../composition/signing-keys.js';
import { policyOfSettings } from '../../composition/witness-policy.js';
import type { Progress } from '../import/progress.js';
import { VerifiedStores, type Verified } from './verify-stores.js';
import { VerifyThreads } from './verify-threads.js';

/** What is to be verified, and against what. */
export interface VerifyRequest {
  readonly settings: Settings;
  /** Public key of the ledger; undefined: that of its secrets folder. */
  readonly vkey?: string;
  /** File with a checkpoint that the auditor kept. */
  readonly from?: string;
  /** Public keys of witnesses, in place of those of the settings. */
  readonly witnesses?: readonly string[];
  /** How many of them must have cosigned a checkpoint that there is. */
  readonly quorum?: number;
  /** File of a copy of the log, which is verified alone. */
  readonly log?: string;
  readonly clock: Clock;
  /** How many threads hash; one for each core, if left out. */
  readonly threads?: number;
  /** Shows how far it is, of so many events. */
  readonly progress?: (total: number) => Progress;
}

/** What was found, and how fast. */
export interface VerifyOutcome {
  readonly report: AuditReport;
  /** Of reading and hashing. */
  readonly millis: number;
  readonly threads: number;
}

/** How many times the interval of checkpoints something may wait for its signature. */
const PATIENT_INTERVALS = 2;

/**
 * Verifies a store. Only looks: it neither passes the restore gate nor writes anything.
 * @throws InvalidInput where what is given is refused
 */
export async function verifyStore(request: VerifyRequest): Promise<VerifyOutcome> {
  const { settings, log, clock } = request;
  const verified: Verified = log === undefined ? { settings } : { settings, copy: log };
  const stores = new VerifiedStores(verified);
  const key = await keyOf(request, stores);
  const kept = request.from === undefined ? undefined : await keptNote(request.from);
  const quorum = await quorumOf(request);
  const hasVault = (await stores.keys(async () => true)) ?? false;
  if (!hasVault && !stores.isCopy) throw noVault();
  const threads = new VerifyThreads({ verified, hasVault }, request.threads);
  const timed = new Timed(request.progress);
  try {
    const report = await readable(() =>
      auditLog({
        key,
        kept,
        hasVault,
        quorum,
        log: (work) => stores.log(work),
        tree: stores.isCopy ? undefined : (work) => stores.tree(work),
        anchored: () => stores.anchored(key.name),
        patienceMillis: PATIENT_INTERVALS * settings.checkpointMillis,
        nowMillis: stores.isCopy ? undefined : Date.parse(clock.now()),
        scan: (until, hint) => timed.scan(threads, stores.countsEvents, until, hint),
        strays: (until, given) => timed.end(threads.strays(until, given)),
      }),
    );
    return { report, millis: timed.millis, threads: threads.count };
  } finally {
    timed.stop();
    await threads.close();
  }
}

/** A ledger without a vault has lost every key, or is none: a copy of its log says what it can by itself. */
function noVault(): InvalidInput {
  const hint = 'is not there; a log alone is verified with --log';
  return new InvalidInput('vault', 'missing', hint);
}

/** What is asked for, or else what the settings have, which nobody insists on. */
async function quorumOf({ settings, witnesses, quorum }: VerifyRequest): Promise<Quorum> {
  const policy = await policyOfSettings(settings);
  const keys = witnesses === undefined ? undefined : await Promise.all(witnesses.map(witnessKey));
  const own = keys ?? policy.witnesses.map(({ key }) => key);
  const wanted = quorum ?? (keys === undefined ? policy.quorum : keys.length);
  if (wanted > own.length) {
    throw new InvalidInput('--quorum', 'max', 'is no more than there are witnesses');
  }
  const isDemanded = witnesses !== undefined || quorum !== undefined;
  return { witnesses: own, wanted, isDemanded };
}

async function witnessKey(vkey: string): Promise<NoteKey> {
  const key = await parseVkey(vkey, nodeCryptography);
  if (key?.type === 'cosignature') return key;
  throw new InvalidInput('--witness', 'vkey', 'is no public key of a witness: name+id+key');
}

/** A log that cannot be read is input that is refused, and nothing was found of it. */
async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof IntegrityError) throw new InvalidInput('log', error.code, error.message);
    throw error;
  }
}

async function keyOf(
  { settings, vkey, log }: VerifyRequest,
  stores: VerifiedStores,
): Promise<NoteKey> {
  if (vkey !== undefined) {
    const key = await parseVkey(vkey, nodeCryptography);
    if (key?.type === 'ed25519') return key;
    throw new InvalidInput('--vkey', 'vkey', 'is no public key of a ledger: name+id+key');
  }
  const folder = new SecretsFolder(settings.secrets);
  const opened = async () => openSigner(folder, await stores.origin(), false);
  const signer = log === undefined ? await opened().catch(noKey) : undefined;
  if (signer !== undefined) return signer.notes.key;
  throw new InvalidInput('--vkey', 'required', 'is needed where the signing key is not there');
}

function noKey(error: unknown): undefined {
  if (error instanceof IntegrityError) return undefined;
  throw error;
}

async function keptNote(file: string): Promise<string> {
  const note = await readFile(file, 'utf8').catch(() => undefined);
  if (note === undefined) throw new InvalidInput('--from', 'file', 'cannot be read');
  return note;
}

/** Measures, and shows how far it is. */
class Timed {
  #begun = 0;
  #progress: Progress | undefined;
  millis = 0;

  constructor(private readonly show: VerifyRequest['progress']) {}

  /** @param hint how many events were in the tree */
  async *scan(
    threads: VerifyThreads,
    countsEvents: boolean,
    until: Position,
    hint: number,
  ): AsyncGenerator<Scanned, void, void> {
    await threads.begin();
    this.#begun = performance.now();
    const counted = /^\d{16}$/.test(until) ? Number(until) : 0;
    this.#progress = this.show?.(Math.max(hint, counted));
    let events = 0;
    for await (const scanned of threads.scan(until, countsEvents)) {
      yield scanned;
      events += scanned.count;
      this.#progress?.update(events);
    }
  }

  /** Waits for the last of the reading. */
  async end<T>(last: Promise<T>): Promise<T> {
    const found = await last;
    this.millis = performance.now() - this.#begun;
    this.stop();
    return found;
  }

  stop(): void {
    this.#progress?.stop();
    this.#progress = undefined;
  }
}
