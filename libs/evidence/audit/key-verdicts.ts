import { pairsIn, type Examined } from './examined.js';
import type { Sheet } from './sheet.js';
import type { KeyAnswer } from './key-table.js';

/** How many envelopes are in which state. */
export interface Envelopes {
  /** Their keys are there. */
  readonly live: number;
  /** An event of the log ends their keys. */
  readonly shredded: number;
  /** Their keys are gone, and no event ends them. */
  readonly lost: number;
  /** Of the lost: those whose loss an officer has accepted. They are lost all the same. */
  readonly accepted: number;
  /** No vault was asked. */
  readonly unknown: number;
  /** Of the shredded: those whose keys the vault has still, as in an erasure under way. */
  readonly pending: number;
}

const GONE: ReadonlySet<KeyAnswer> = new Set(['destroyed', 'missing']);

/**
 * Judges every envelope by its key. An event that is not what was signed ends no key.
 * @param later keys that events end which came after the part of the log that was read
 */
export function judgeKeys(
  examined: Examined,
  sheet: Sheet,
  later: ReadonlySet<number> = new Set(),
): Envelopes {
  const { keys, envelopes, ended, lost } = examined;
  const told = new Uint8Array(keys.size);
  const isTold = 1;
  const isAccepted = 2;
  for (const { at, key } of pairsIn(ended)) if (isGood(sheet, at)) told[key] = isTold;
  for (const key of later) told[key] = isTold;
  for (const { at, key } of pairsIn(lost)) {
    if (isGood(sheet, at)) told[key] ||= isAccepted;
  }
  const counts = { live: 0, shredded: 0, lost: 0, accepted: 0, unknown: 0, pending: 0 };
  for (const { at, key } of pairsIn(envelopes)) {
    const answer = keys.answerOf(key);
    if (told[key] === isTold) {
      counts.shredded += 1;
      if (answer === 'live' || answer === 'fenced') counts.pending += 1;
      sheet.put(at, 'SHREDDED');
    } else if (GONE.has(answer)) {
      counts.lost += 1;
      if (told[key] === isAccepted) counts.accepted += 1;
      sheet.put(at, 'LOST');
    } else if (answer === 'unasked') counts.unknown += 1;
    else counts.live += 1;
  }
  return counts;
}

function isGood(sheet: Sheet, at: number): boolean {
  const verdict = sheet.of(at);
  return verdict !== 'ALTERED' && verdict !== 'INSERTED';
}

/** Keys that are gone from the vault and that no event which was read ends. */
export function unexplained({ keys, envelopes, ended }: Examined): ReadonlySet<number> {
  const told = new Uint8Array(keys.size);
  for (const { key } of pairsIn(ended)) told[key] = 1;
  const open = new Set<number>();
  for (const { key } of pairsIn(envelopes)) {
    if (told[key] === 0 && GONE.has(keys.answerOf(key))) open.add(key);
  }
  return open;
}
