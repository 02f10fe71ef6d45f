import { createHash } from 'node:crypto';

import {
  IntegrityError,
  isUuid,
  parseInstant,
  type Instant,
  type KekId,
  type LedgerId,
} from '#kernel';

import { KEY_BYTES } from '../sealing.js';

/** A KEK and what is known of it. */
export interface KekFile {
  readonly id: KekId;
  readonly ledger: LedgerId;
  readonly createdAt: Instant;
  /** 32 bytes. */
  readonly key: Buffer;
}

const LABEL = 'privacy-ledger/kek/v1';
const DIGEST_BYTES = 32;

/**
 * The bytes of a KEK file: four lines of text (label, ledger, id, instant), the 32 bytes of the key,
 * and SHA-256 over all of that, which tells a damaged key from a damaged vault.
 */
export function encodeKek({ id, ledger, createdAt, key }: KekFile): Buffer {
  const head = Buffer.from(`${LABEL}\n${ledger}\n${id}\n${createdAt}\n`, 'latin1');
  const body = Buffer.concat([head, key]);
  const bytes = Buffer.concat([body, digestOf(body)]);
  body.fill(0);
  return bytes;
}

/**
 * Reads what {@link encodeKek} wrote, for the id that the file's name gives.
 * @throws IntegrityError `kek-unreadable`
 */
export function decodeKek(bytes: Buffer, id: KekId): KekFile {
  const end = bytes.length - DIGEST_BYTES;
  const body = bytes.subarray(0, Math.max(0, end));
  if (end <= KEY_BYTES || !digestOf(body).equals(bytes.subarray(end))) throw unreadable();
  const head = body.toString('latin1', 0, end - KEY_BYTES).split('\n');
  const [label, ledger, named, createdAt, rest] = head;
  if (head.length !== 5 || label !== LABEL || named !== id || rest !== '') throw unreadable();
  if (ledger === undefined || !isUuid(ledger) || createdAt === undefined) throw unreadable();
  return {
    id,
    ledger: ledger as LedgerId,
    createdAt: parseInstant(createdAt, 'createdAt'),
    key: Buffer.from(body.subarray(end - KEY_BYTES)),
  };
}

function digestOf(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest();
}

function unreadable(): IntegrityError {
  return new IntegrityError('kek-unreadable', 'a KEK file is damaged or is not one');
}
