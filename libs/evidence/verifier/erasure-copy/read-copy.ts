import { isObject, objectIn, type Members } from '../bundle/canonical.js';
import {
  announcementIn,
  bytesIn,
  isCount,
  isText,
  listIn,
  textsIn,
} from '../bundle/read-header.js';
import { parseReceipt } from '../receipt.js';
import {
  COPIES_STATES,
  COPY_VERSION,
  type ErasureCopy,
  type ProvenEvent,
  type ReceiptTold,
} from './format.js';

/** Longest text that is read as a copy. */
const MOST_LENGTH = 4 * 1024 * 1024;

/** Reads a copy; undefined where it is none, or of a version that is not known here. */
export function readCopy(text: string): ErasureCopy | undefined {
  const copy = text.length > MOST_LENGTH ? undefined : objectIn(text);
  if (copy?.version !== COPY_VERSION) return undefined;
  const { ledger, origin, vkey, madeAt, quorum, note } = copy;
  if (!isText(ledger) || !isText(origin) || !isText(vkey)) return undefined;
  if (!isText(madeAt) || !isText(note) || !isCount(quorum)) return undefined;
  const announcements = listIn(copy.announcements, announcementIn);
  const witnesses = textsIn(copy.witnesses);
  const receipt = receiptTold(copy.receipt);
  const erasure = provenIn(copy.erasure);
  const copies = copiesIn(copy.copies);
  if (announcements === undefined || witnesses === undefined) return undefined;
  if (receipt === undefined || erasure === undefined || copies === undefined) return undefined;
  const about = { ledger, origin, vkey, announcements, witnesses, quorum, madeAt };
  return { ...about, receipt, erasure, copies, note };
}

function copiesIn(value: unknown): ErasureCopy['copies'] | undefined {
  if (!isObject(value)) return undefined;
  const { day } = value;
  const state = COPIES_STATES.find((one) => one === value.state);
  const retirements = listIn(value.retirements, provenIn);
  if (!isText(day) || state === undefined || retirements === undefined) return undefined;
  return { day, state, retirements };
}

function receiptTold(value: unknown): ReceiptTold | undefined {
  if (!isObject(value)) return undefined;
  const { event, stream, revision, recordedAt } = value;
  if (!isText(event) || !isText(stream) || !isCount(revision)) return undefined;
  return isText(recordedAt) ? { ...value, event, stream, revision, recordedAt } : undefined;
}

function provenIn(value: unknown): ProvenEvent | undefined {
  if (!isObject(value)) return undefined;
  const { stream, revision, id, type, preimage, tlogProof } = value;
  if (!isText(stream) || !isText(id) || !isText(type) || !isCount(revision)) return undefined;
  if (!isText(preimage) || !isText(tlogProof)) return undefined;
  const metadata = bytesIn(value.metadata);
  const data = bytesIn(value.data);
  const proof = parseReceipt(tlogProof);
  if (metadata === undefined || data === undefined || proof === undefined) return undefined;
  return { stream, revision, id, type, metadata, data, preimage, proof };
}

/** What is signed of a copy: all of it but the signature. */
export function signedPart(text: string): Members {
  const members = Object.entries(objectIn(text) ?? {});
  return Object.fromEntries(members.filter(([name]) => name !== 'note'));
}
