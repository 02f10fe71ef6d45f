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
  type BundleSource,
  type NoteSigner,
  type SignedCheckpoint,
  type WitnessPolicy,
} from '#evidence';
import type { Clock, LedgerId } from '#kernel';
import { IntegrityError, InvalidInput, Outage, refuse, systemClock } from '#kernel';

import type { Ledger, Settings } from '../../composition/index.js';
import { EvidenceReader, openLedger, signWhile } from '../../composition/index.js';
import { originOf } from '../../composition/rolled-back.js';
import { openSigner } from '../../composition/signing-keys.js';
import { openStores, type Stores } from '../../composition/stores.js';
import { policyOfSettings } from '../../composition/witness-policy.js';
import { Refused } from '../exits.js';

/** What is asked of a bundle, and where it goes. */
export interface BundleRequest {
  readonly settings: Settings;
  readonly of: BundleOf;
  /** A folder, or a file that ends in `.zip`. */
  readonly out: string;
  /** A checkpoint that the receiver has kept. */
  readonly kept?: SignedCheckpoint | undefined;
  readonly programs: ReadonlyMap<string, Uint8Array>;
  readonly clock?: Clock;
  readonly onEvents: (events: number) => void;
  /** Told of what could not be done now, and of stores that contradict each other: a short code. */
  readonly onProblem: (code: string) => void;
}

/** A bundle that is there, and the number of leaves that it is proven by. */
export type BundleMade = BundleFigures & { readonly size: number };

/**
 * Writes a bundle of a ledger, signed up to now. Where the ledger cannot be opened, since its stores were
 * changed underneath, the stores are taken as they are and by the checkpoint that there is: it is the
 * bundle's reader who is to find that.
 */
export async function makeBundle(request: BundleRequest): Promise<BundleMade> {
  const { settings, onProblem, clock = systemClock } = request;
  let ledger: Ledger;
  try {
    ledger = await openLedger({ settings, what: 'evidence', clock, onProblem });
  } catch (error) {
    if (error instanceof Outage || error instanceof InvalidInput) throw error;
    onProblem(error instanceof IntegrityError ? error.code : 'defect');
    return ofStores(request, clock);
  }
  try {
    // While this process signs it may make the tree anew: what is written comes after that.
    const reader = new EvidenceReader(ledger);
    const note = await signWhile(ledger, async () =>
      (await reader.signNow()) === undefined ? undefined : reader.cosigned(),
    );
    return await ofLedger(request, ledger, note);
  } finally {
    await ledger.close();
  }
}

async function ofLedger(
  request: BundleRequest,
  ledger: Ledger,
  note: string | undefined,
): Promise<BundleMade> {
  const { stores, evidence, id } = ledger;
  const { signer, policy } = evidence;
  return written({ ...request, clock: ledger.clock }, { stores, id, signer, policy, note });
}

async function ofStores(request: BundleRequest, clock: Clock): Promise<BundleMade> {
  const { settings, onProblem } = request;
  const stores = await openStores(settings, clock, onProblem);
  try {
    const id = (await stores.vault.ledgerId()) ?? ((await stores.log.ledgerId()) as LedgerId);
    const keys = await openSigner(stores.folder, await originOf(stores.anchor, settings), false);
    const policy = await policyOfSettings(settings);
    const note = await stores.tree.checkpoint();
    return await written({ ...request, clock }, { stores, id, signer: keys.notes, policy, note });
  } finally {
    await stores.close();
  }
}

interface From {
  readonly stores: Pick<Stores, 'log' | 'tree' | 'vault'>;
  readonly id: LedgerId;
  readonly signer: NoteSigner;
  readonly policy: WitnessPolicy;
  /** The checkpoint that the bundle goes by. */
  readonly note: string | undefined;
}

async function written(request: BundleRequest & { clock: Clock }, from: From): Promise<BundleMade> {
  const { stores, id, signer, policy, note } = from;
  const { of, out, kept, programs, onEvents, clock, settings } = request;
  // In this order: the log has all that the tree has, and the tree all that was signed before.
  const { size: treeSize } = await stores.tree.state();
  const until = await stores.log.head();
  const checkpoint = note === undefined ? undefined : parseCheckpoint(note);
  if (note === undefined || checkpoint === undefined) {
    throw new Refused(refuse('conflict', 'checkpoint-not-found', 'Nothing is signed yet.'));
  }
  const witnesses = policy.witnesses.map(({ key }) => vkeyOf(key, nodeCryptography));
  const source: BundleSource = {
    ledger: id,
    log: stores.log,
    tree: stores.tree,
    vault: stores.vault.vault,
    signer,
    witnesses: await Promise.all(witnesses),
    quorum: policy.quorum,
    checkpointMillis: settings.checkpointMillis,
  };
  const sink = out.endsWith('.zip') ? await ZipSink.open(out) : await FolderSink.open(out);
  try {
    const wanted = { of, checkpoint, note, until, treeSize, programs, madeAt: clock.now() };
    const made = await writeBundle(source, { ...wanted, keptSize: kept?.size, onEvents }, sink);
    await sink.close();
    return { ...made, size: checkpoint.size };
  } catch (error) {
    await sink.abandon();
    throw unwritable(error);
  }
}
