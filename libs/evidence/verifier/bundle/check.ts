import { hex } from '../bytes.js';
import { cosignedBy, isQuorumMissed, type WitnessesAsked } from './cosignatures.js';
import { readEvents, type ReadEvents } from './events.js';
import { BUNDLE_FILES, type BundleHeader, type KeyLine } from './format.js';
import { BundleUnreadable, wholeFile, type BundleCryptography, type BundleFiles } from './files.js';
import { judge } from './judge.js';
import { isAgainst, keptState, readKept } from './kept.js';
import { linesOf } from './lines.js';
import { readKeyLine } from './read-lines.js';
import { receiptState, type ReceiptState } from './receipts.js';
import type { BundleChecked, BundleReport, EventVerdict } from './report.js';
import { gapsIn } from './scope.js';
import { BundleRefused, readSigned, type SignedHeader } from './signatures.js';
import { byIndex, signedLeaves } from './signed-leaves.js';
import { exitOf, BUNDLE_VERDICTS, type BundleVerdict, type VerdictExit } from './verdicts.js';

/** What somebody holds a bundle against. */
export interface BundleAsked {
  /** The ledger's key, had from elsewhere; without it the bundle's own is taken. */
  readonly vkey?: string | undefined;
  /** A checkpoint that was kept from before, a signed note. */
  readonly kept?: string | undefined;
  /** Whose cosignatures count; without it the bundle's own word is told, and nothing is held to it. */
  readonly witnesses?: WitnessesAsked | undefined;
  /** Told how many events have been read. */
  readonly onEvents?: (events: number) => void;
}

/** Largest list of leaves that is read: fifty million. */
const MOST_LEAVES_BYTES = 1_600_000_000;

/**
 * Checks a bundle. Never throws on what is in it: whatever cannot be read is refused, or has its
 * verdict.
 */
export async function checkBundle(
  files: BundleFiles,
  asked: BundleAsked,
  crypto: BundleCryptography,
): Promise<BundleReport> {
  try {
    return await checked(files, asked, crypto);
  } catch (error) {
    if (error instanceof BundleRefused) return { refused: error.refusal };
    if (error instanceof BundleUnreadable) return { refused: 'unreadable' };
    throw error;
  }
}

async function checked(
  files: BundleFiles,
  asked: BundleAsked,
  crypto: BundleCryptography,
): Promise<BundleChecked> {
  const by = await readSigned(files, asked.vkey, crypto);
  const { header, checkpoint, signature } = by;
  const kept = asked.kept === undefined ? undefined : await readKept(asked.kept, by, crypto);
  const cosigned = await cosignedBy(by, asked.witnesses, crypto);
  const states = await keyStates(files);
  const pieces = await files.open(BUNDLE_FILES.events);
  if (pieces === undefined) throw new BundleRefused('unreadable');
  const onLines = asked.onEvents ?? (() => undefined);
  const read = await readEvents(pieces, checkpoint, crypto, onLines);
  const isWholeScope = header.scope.kind === 'ledger';
  const file = isWholeScope
    ? ((await wholeFile(files, BUNDLE_FILES.leaves, MOST_LEAVES_BYTES)) ?? new Uint8Array(0))
    : undefined;
  const tree = file && (await signedLeaves(file, read.events, checkpoint, crypto));
  const isRootDifferent = tree?.state === 'unproven';
  const judged = judge(read, {
    signed: tree === undefined ? read.proven : byIndex(tree.leaves),
    size: checkpoint.size,
    isSigned: signature === 'good' && !isRootDifferent,
    states,
  });
  const events = [...judged.events, ...gapsIn(header.scope, judged.events, read.claimed)];
  const damaged = await damagedFiles(files, header, crypto);
  const leaves = isRootDifferent ? undefined : tree?.leaves;
  const found = {
    header,
    vkey: by.vkey,
    isKeyGiven: asked.vkey !== undefined,
    signature,
    statement: by.statement,
    ...cosigned,
    kept: kept && (await keptState(kept, by, leaves, crypto)),
    areLeavesDamaged: tree?.state === 'damaged',
    isRootDifferent,
    damaged,
    areKeysKnown: states !== undefined,
    isUnsignedTooLong: isUnsignedTooLong(events, header),
    unproven: events.filter(({ isUnproven }) => isUnproven === true).length + read.goneUnproven,
    totals: totalsOf(events),
    envelopes: judged.envelopes,
    receipts: await receiptsOf(read, by, crypto),
    events,
  };
  const exit = exitOf(new Set(kindsOf(found, read)));
  const isIncomparable = found.kept === 'not-comparable' && exit === 'good';
  const isSigned = signature === 'good' && by.statement === 'good';
  const isSound = isSigned && !isRootDifferent && found.unproven === 0;
  const isComplete =
    isSound && read.events.length > 0 && !AMISS.some((one) => found.totals[one] > 0);
  return {
    ...found,
    exit: isIncomparable ? 'refused' : exit,
    isWhole: isWholeScope && isComplete,
    isComplete,
  };
}

async function keyStates(files: BundleFiles): Promise<ReadonlyMap<string, KeyLine> | undefined> {
  const pieces = await files.open(BUNDLE_FILES.keys);
  if (pieces === undefined) return undefined;
  const states = new Map<string, KeyLine>();
  for await (const line of linesOf(pieces)) {
    const key = readKeyLine(line);
    if (key !== undefined) states.set(key.key, key);
  }
  return states;
}

/** Files that are not as the header says. */
async function damagedFiles(
  files: BundleFiles,
  header: BundleHeader,
  crypto: BundleCryptography,
): Promise<readonly string[]> {
  const damaged: string[] = [];
  for (const { name, sha256 } of header.files) {
    const pieces = await files.open(name);
    const isGood = pieces !== undefined && hex(await crypto.digest(pieces)) === sha256;
    if (!isGood) damaged.push(name);
  }
  return damaged;
}

/** What a bundle has none of that is all that it says. */
const AMISS = ['ALTERED', 'INSERTED', 'MISSING', 'REORDERED'] as const;

/** Events of evidence alone may wait for a checkpoint as long as they like. */
const EVIDENCE_STREAM = 'evidence';

function isUnsignedTooLong(events: readonly EventVerdict[], header: BundleHeader): boolean {
  const { madeAt, checkpointMillis } = header;
  return events.some(({ verdict, isUnproven, stream, recordedAt = '' }) => {
    if (verdict !== 'UNSIGNED' || isUnproven === true || stream === EVIDENCE_STREAM) return false;
    const age = Date.parse(madeAt) - Date.parse(recordedAt);
    return !(age <= 2 * checkpointMillis);
  });
}

function totalsOf(events: readonly EventVerdict[]): Record<BundleVerdict, number> {
  const counts = BUNDLE_VERDICTS.map((one) => [
    one,
    events.filter(({ verdict }) => verdict === one).length,
  ]);
  return Object.fromEntries(counts) as Record<BundleVerdict, number>;
}

async function receiptsOf(
  { events }: ReadEvents,
  { header, keys }: SignedHeader,
  crypto: BundleCryptography,
): Promise<Record<ReceiptState, number>> {
  const counts: Record<ReceiptState, number> = { good: 0, wrong: 0, unknown: 0 };
  for (const { event } of events) {
    if (event?.receipt === undefined) continue;
    counts[await receiptState(event.receipt, header.ledger, keys, crypto)] += 1;
  }
  return counts;
}

type Found = Omit<BundleChecked, 'exit' | 'isWhole' | 'isComplete'>;

/** Everything that a check has found against a bundle. */
function* kindsOf(found: Found, read: ReadEvents): Generator<VerdictExit, void, void> {
  const { totals, damaged, receipts } = found;
  if (isAgainst(found.kept)) yield 'keptDiffers';
  for (const one of ['ALTERED', 'MISSING', 'INSERTED', 'REORDERED', 'LOST'] as const) {
    if (totals[one] > 0) yield one;
  }
  const isPlaced = totals.ALTERED + totals.MISSING + totals.INSERTED + totals.REORDERED > 0;
  // An event that was changed in the bundle makes another file of it: that is told at its place.
  const isDamaged = damaged.some((name) => name !== BUNDLE_FILES.events || !isPlaced);
  const isUnsigned = found.signature !== 'good' || found.statement !== 'good';
  const isWrong =
    receipts.wrong > 0 || (read.isTextWrong && !isPlaced) || isQuorumMissed(found.quorum);
  if (isUnsigned || found.isRootDifferent || isDamaged || isWrong) yield 'unproven';
  if (found.unproven > 0 || found.isUnsignedTooLong) yield 'unproven';
}
