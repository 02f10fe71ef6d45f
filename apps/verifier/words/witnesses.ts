import { isQuorumMissed, type BundleChecked } from '#evidence/verifier';

import type { Words } from './words.js';

/** What a check has found of witnesses, of whatever was checked. */
type Cosigned = Pick<BundleChecked, 'cosignatures' | 'quorum'>;
type Numbered = (number: number) => string;

export function* witnessesAmiss(
  { cosignatures, quorum }: Cosigned,
  { amiss }: Words,
  number: Numbered,
): Generator<string, void, void> {
  for (const { name, state } of cosignatures) {
    if (state === 'wrong') yield amiss.cosignature(name);
  }
  if (isQuorumMissed(quorum)) yield amiss.quorum(number(quorum.have), number(quorum.wanted));
}

export function* witnessesShown(
  { cosignatures, quorum }: Cosigned,
  { shown }: Words,
  number: Numbered,
): Generator<string, void, void> {
  for (const { name, state, at } of cosignatures) {
    if (state === 'good') yield shown.cosigned(name, timeOf(at));
  }
  const { isGiven, isMet, have, wanted, of } = quorum;
  if (wanted === 0 || !isMet) return;
  const [some, all] = [number(have), number(of)];
  yield isGiven ? shown.quorumGiven(some, all) : shown.quorumOwn(some, all);
}

/** @param areLedgers what is said where only the ledger's own word names the witnesses */
export function* witnessesNotShown(
  { cosignatures, quorum }: Cosigned,
  { notShown }: Words,
  number: Numbered,
  areLedgers: string,
): Generator<string, void, void> {
  for (const { name, state } of cosignatures) {
    if (state === 'unknown') yield notShown.cosignature(name);
  }
  const { isGiven, isMet, have, wanted } = quorum;
  if (!isGiven && !isMet) yield notShown.quorum(number(have), number(wanted));
  if (!isGiven && have > 0) yield areLedgers;
}

function timeOf(at: number | undefined): string {
  return at === undefined ? '' : new Date(at * 1000).toISOString();
}
