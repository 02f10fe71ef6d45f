import {
  canonicalJson,
  IntegrityError,
  isJsonObject,
  isUuid,
  parseInstant,
  type EventId,
  type Instant,
  type JsonObject,
  type KeyId,
  type LedgerId,
} from '#kernel';

import type { AnchoredKey } from '../anchor.js';
import { isHead, isRestoredLog, type RestoredLog, type SignedHead } from '../heads.js';

/** A line of the anchor file, told apart by `kind`. The first is the ledger's id, and no other is. */
export type AnchorLine =
  | { readonly kind: 'ledger'; readonly ledger: LedgerId }
  | { readonly kind: 'destroyed'; readonly key: AnchoredKey }
  | { readonly kind: 'head'; readonly head: SignedHead }
  | { readonly kind: 'restored'; readonly restored: RestoredLog };

/** A line as it stands in the file: canonical JSON (RFC 8785) and a newline. */
export function encodeLine(line: AnchorLine): string {
  return `${canonicalJson(objectOf(line))}\n`;
}

/**
 * Reads a line without its newline.
 * @throws IntegrityError `anchor-unreadable` for anything that {@link encodeLine} does not write,
 * also a kind of line that this program does not know
 */
export function decodeLine(text: string): AnchorLine {
  const line = lineOf(parse(text));
  if (line === undefined || encodeLine(line) !== `${text}\n`) throw unreadable();
  return line;
}

function objectOf(line: AnchorLine): JsonObject {
  switch (line.kind) {
    case 'ledger':
      return { kind: line.kind, ledger: line.ledger };
    case 'destroyed': {
      const { key, by, at } = line.key;
      return { kind: line.kind, key, by, at };
    }
    case 'head': {
      const { origin, size, root } = line.head;
      return { kind: line.kind, origin, size, root };
    }
    case 'restored': {
      const { origin, follows, size, by, at } = line.restored;
      return { kind: line.kind, origin, follows: { ...follows }, size, by: [...by], at };
    }
  }
}

function lineOf(value: JsonObject): AnchorLine | undefined {
  const { kind, ledger, key, by, at, origin, size, root } = value;
  if (kind === 'ledger' && isId(ledger)) return { kind, ledger: ledger as LedgerId };
  const when = instantIn(at);
  if (kind === 'destroyed' && isId(key) && isId(by) && when !== undefined) {
    return { kind, key: { key: key as KeyId, by: by as EventId, at: when } };
  }
  const head = { origin, size, root };
  if (kind === 'head' && isHead(head)) return { kind, head };
  const restored = { origin, follows: value.follows, size, by, at: when };
  if (kind === 'restored' && isRestored(restored)) return { kind, restored };
  return undefined;
}

function isRestored(parts: {
  readonly [Part in keyof RestoredLog]: unknown;
}): parts is RestoredLog {
  const { origin, follows, size, by, at } = parts;
  if (!isJsonObject(follows) || !isHead(follows) || at === undefined) return false;
  if (typeof origin !== 'string' || typeof size !== 'number' || !Array.isArray(by)) return false;
  const accounts: readonly unknown[] = by;
  const [one, other, ...more] = accounts;
  if (typeof one !== 'string' || typeof other !== 'string' || more.length > 0) return false;
  return isRestoredLog({ origin, follows, size, by: [one, other], at: at as Instant });
}

function instantIn(value: unknown): Instant | undefined {
  try {
    return typeof value === 'string' ? parseInstant(value, 'at') : undefined;
  } catch {
    return undefined;
  }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && isUuid(value);
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Refused below: Node's own error would quote the line.
  }
  throw unreadable();
}

export function unreadable(): IntegrityError {
  return new IntegrityError('anchor-unreadable', 'the anchor holds a line that is not its own');
}
