import { isObject, type Members, type ReceiptTold } from '../../verifier/index.js';
import type { GroundCode, HoldCode } from './words.js';

/** Part of somebody's data, as receipts name it. */
export interface PartTold {
  readonly category: string;
  readonly scope: string;
}

export interface HoldTold {
  readonly hold: HoldCode;
  /** The last day of a hold that the law sets; empty otherwise. */
  readonly until: string;
}

/** What a receipt of an erasure says, as far as a document shows it. */
export interface ToldReceipt {
  readonly case: string;
  readonly ground: GroundCode;
  readonly keys: readonly (PartTold & { readonly fingerprint: string })[];
  readonly kept: readonly (PartTold & { readonly holds: readonly HoldTold[] })[];
  readonly disclosed: readonly string[];
  readonly unreadableSince: string;
  readonly signer: string;
}

const GROUNDS: ReadonlySet<string> = new Set<GroundCode>([
  'no-longer-needed',
  'consent-withdrawn',
  'objection',
  'unlawful',
  'legal-obligation',
  'child-information-society',
]);
const HOLDS: ReadonlySet<string> = new Set<HoldCode>([
  'open-invoice',
  'collection',
  'contact-person',
  'statutory',
]);

/** Reads a receipt as the event catalogue describes it. @throws TypeError where it is none */
export function toldIn(receipt: ReceiptTold): ToldReceipt {
  const ground = text(receipt, 'ground');
  if (!isGround(ground)) throw new TypeError('no ground of an erasure that is known here');
  return {
    case: text(receipt, 'case'),
    ground,
    keys: list(receipt, 'keys').map((key) => ({
      ...part(key),
      fingerprint: text(key, 'fingerprint'),
    })),
    kept: list(receipt, 'kept').map((wait) => ({
      ...part(wait),
      holds: list(wait, 'holds').map(holdIn),
    })),
    disclosed: items(receipt, 'disclosed').map(String),
    unreadableSince: text(receipt, 'unreadableSince'),
    signer: text(receipt, 'signer'),
  };
}

function holdIn(told: Members): HoldTold {
  const hold = text(told, 'hold');
  if (!isHold(hold)) throw new TypeError('no hold that is known here');
  return { hold, until: hold === 'statutory' ? text(told, 'until') : '' };
}

function part(of: Members): PartTold {
  return { category: text(of, 'category'), scope: text(of, 'scope') };
}

function text(of: Members, name: string): string {
  const value = of[name];
  if (typeof value !== 'string') throw new TypeError(`a receipt without ${name}`);
  return value;
}

function list(of: Members, name: string): readonly Members[] {
  return items(of, name).filter(isObject);
}

function items(of: Members, name: string): readonly unknown[] {
  const value = of[name];
  if (!Array.isArray(value)) throw new TypeError(`a receipt without ${name}`);
  return value as readonly unknown[];
}

function isGround(code: string): code is GroundCode {
  return GROUNDS.has(code);
}

function isHold(code: string): code is HoldCode {
  return HOLDS.has(code);
}
