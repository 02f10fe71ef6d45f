import { hex, utf8 } from '../bytes.js';
import { canonicalText } from '../bundle/canonical.js';
import { cosignedBy, isQuorumMissed, type WitnessesAsked } from '../bundle/cosignatures.js';
import { isAgainst, keptState, readKept } from '../bundle/kept.js';
import { ERASURE_RECEIPT, receiptIn, receiptState, type ReceiptState } from '../bundle/receipts.js';
import { BundleRefused, keysOf, stateOf } from '../bundle/signatures.js';
import type { SignatureState } from '../bundle/signatures.js';
import { exitOf, type VerdictExit } from '../bundle/verdicts.js';
import type { Cryptography } from '../cryptography.js';
import { parseNote, type NoteKey } from '../note.js';
import { copyStatementText, KEY_RETIREMENT, type ErasureCopy } from './format.js';
import { proofState, toldOf } from './proven.js';
import { readCopy, signedPart } from './read-copy.js';
import type { CopyChecked, CopyReport } from './report.js';

/** What somebody holds a copy against. */
export interface CopyAsked {
  /** The ledger's key, had from elsewhere; without it the copy's own is taken. */
  readonly vkey?: string | undefined;
  /** A checkpoint that was kept from before, a signed note. */
  readonly kept?: string | undefined;
  /** Whose cosignatures count; without it the copy's own word is told, and nothing is held to it. */
  readonly witnesses?: WitnessesAsked | undefined;
  /** The text was taken out of a PDF. */
  readonly isAttachment?: boolean;
}

/** Checks a person's copy of an erasure receipt. Never throws on what is in it. */
export async function checkCopy(
  text: string,
  asked: CopyAsked,
  crypto: Cryptography,
): Promise<CopyReport> {
  const copy = readCopy(text);
  if (copy === undefined) return { refused: 'no-copy' };
  const keys = await keysOf([asked.vkey ?? copy.vkey], copy, crypto);
  if (asked.vkey !== undefined && keys.length === 0) return { refused: 'vkey-unreadable' };
  const against = await heldAgainst(copy, keys, asked, crypto);
  if (against.refused !== undefined) return { refused: against.refused };
  const checked = {
    ...(await foundIn(copy, keys, crypto)),
    ...against,
    copy,
    vkey: asked.vkey ?? copy.vkey,
    isKeyGiven: asked.vkey !== undefined,
    isAttachment: asked.isAttachment === true,
    statement: await statementState(text, copy, keys, crypto),
  };
  const exit = exitOf(new Set(kindsOf(checked)));
  const isIncomparable = checked.kept === 'not-comparable' && exit === 'good';
  return { ...checked, exit: isIncomparable ? 'refused' : exit };
}

async function foundIn(copy: ErasureCopy, keys: readonly NoteKey[], crypto: Cryptography) {
  const { erasure, copies } = copy;
  const { retirements } = copies;
  const states = await Promise.all(
    retirements.map((one) => proofState(one, KEY_RETIREMENT, crypto)),
  );
  return {
    event: await proofState(erasure, ERASURE_RECEIPT, crypto),
    retirements: {
      proven: states.filter((state) => state === 'proven').length,
      all: retirements.length,
    },
    signature: await checkpointState(copy, keys, crypto),
    receipt: await receiptSigned(copy, keys, crypto),
    isReceiptTold: canonicalText(copy.receipt) === canonicalText(toldOf(erasure)),
  };
}

/** The worst of all checkpoints in it, each of which must be of the origin that the copy names. */
async function checkpointState(
  { erasure, copies, origin }: ErasureCopy,
  keys: readonly NoteKey[],
  crypto: Cryptography,
): Promise<SignatureState> {
  let worst: SignatureState = 'good';
  for (const { proof } of [erasure, ...copies.retirements]) {
    const isOf = proof.head.origin === origin;
    const state = isOf ? await stateOf(proof.head.note, origin, keys, crypto) : 'missing';
    if (state === 'wrong') return 'wrong';
    if (state === 'missing') worst = 'missing';
  }
  return worst;
}

async function receiptSigned(
  { erasure, ledger }: ErasureCopy,
  keys: readonly NoteKey[],
  crypto: Cryptography,
): Promise<ReceiptState> {
  const receipt = receiptIn(erasure.stream, erasure.data);
  return receipt === undefined ? 'wrong' : receiptState(receipt, ledger, keys, crypto);
}

/** Another spelling of the same copy is not what was signed: a reader might see something else in it. */
async function statementState(
  text: string,
  { note, origin }: ErasureCopy,
  keys: readonly NoteKey[],
  crypto: Cryptography,
): Promise<SignatureState> {
  const parsed = parseNote(note);
  if (parsed === undefined) return 'missing';
  const signed = signedPart(text);
  const said = canonicalText(signed);
  const isCanonical = canonicalText({ ...signed, note }) === text.replace(/\n$/, '');
  if (said === undefined || !isCanonical) return 'wrong';
  const sha256 = hex(await crypto.sha256(utf8(said)));
  const state = await stateOf(parsed, origin, keys, crypto);
  return parsed.text === copyStatementText(sha256) ? state : 'wrong';
}

/** What whoever checks has brought along, held to the checkpoint of the erasure. */
async function heldAgainst(
  copy: ErasureCopy,
  keys: readonly NoteKey[],
  { kept, witnesses }: CopyAsked,
  crypto: Cryptography,
) {
  const { head: checkpoint } = copy.erasure.proof;
  const header = { ...copy, consistency: undefined };
  try {
    const cosigned = await cosignedBy({ header, checkpoint, keys }, witnesses, crypto);
    if (kept === undefined) return { ...cosigned, kept };
    const read = await readKept(kept, { keys, checkpoint }, crypto);
    const state = await keptState(read, { header, checkpoint }, undefined, crypto);
    return { ...cosigned, kept: state };
  } catch (error) {
    if (!(error instanceof BundleRefused)) throw error;
    const isWitnesses = error.refusal === 'witnesses-unreadable';
    return { refused: isWitnesses ? error.refusal : 'kept-unreadable' } as const;
  }
}

/** Everything that a check has found against a copy. */
function* kindsOf(found: Omit<CopyChecked, 'exit'>): Generator<VerdictExit, void, void> {
  const { event, retirements, statement, signature } = found;
  if (isAgainst(found.kept)) yield 'keptDiffers';
  if (signature !== 'good' || event === 'unproven') yield 'unproven';
  if (isQuorumMissed(found.quorum)) yield 'unproven';
  if (retirements.proven < retirements.all || statement === 'missing') yield 'unproven';
  if (event === 'altered') {
    // What was altered is no longer what the signatures are over: that is told at its place.
    yield 'ALTERED';
    return;
  }
  const isOther = found.receipt === 'wrong' || !found.isReceiptTold;
  if (statement !== 'good' || isOther) yield 'unproven';
}
