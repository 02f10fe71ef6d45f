import type { CopyChecked, CopyRefusal, ErasureCopy } from '#evidence/verifier';

import type { Language } from '../language.js';
import { dayOf, numberIn, wordsIn, type Said } from '../sentences.js';
import { en } from './en.js';
import { fi } from './fi.js';
import { sv } from './sv.js';
import { witnessesAmiss, witnessesNotShown, witnessesShown } from '../witnesses.js';
import type { CopyWords } from './words.js';

const WORDS: Readonly<Record<Language, CopyWords>> = { fi, sv, en };

export function copyWordsIn(language: Language): CopyWords {
  return WORDS[language];
}

/** Why a copy was not checked. */
export function copyRefused(refusal: CopyRefusal, language: Language): string {
  if (refusal === 'no-copy' || refusal === 'no-attachment') {
    return copyWordsIn(language).refusals[refusal];
  }
  return wordsIn(language).refusals[refusal];
}

/** How a check of a copy ended, in a sentence. */
export function copyResult({ exit }: CopyChecked, language: Language): string {
  const { results } = copyWordsIn(language);
  if (exit === 'good' || exit === 'refused') return results[exit];
  return exit === 'ALTERED' || exit === 'keptDiffers' ? results[exit] : results.unproven;
}

/** Says in words what a check of a copy has found amiss, what it shows, and what it cannot. */
export function copySentences(report: CopyChecked, language: Language): Said {
  return {
    amiss: [...amiss(report, language)],
    shown: [...shown(report, language)],
    notShown: [...notShown(report, language)],
  };
}

/** What the copy is about, by name and value. */
export function copyFacts(
  { copy, vkey }: CopyChecked,
  language: Language,
): readonly (readonly [name: string, value: string])[] {
  const { facts } = copyWordsIn(language);
  const common = wordsIn(language).facts;
  const { receipt, erasure, copies } = copy;
  const number = numberIn(language);
  const { index, head } = erasure.proof;
  return [
    [facts.case, textIn(receipt.case)],
    [facts.erasedAt, receipt.recordedAt],
    [facts.event, receipt.event],
    [facts.since, textIn(receipt.unreadableSince)],
    [facts.copiesDay, dayOf(copies.day, language)],
    [facts.keys, number(countOf(receipt.keys))],
    [facts.kept, number(countOf(receipt.kept))],
    [facts.madeAt, copy.madeAt],
    [common.ledger, copy.ledger],
    [common.origin, copy.origin],
    [facts.index, number(index)],
    [common.size, number(head.size)],
    [common.root, rootOf(copy)],
    [common.vkey, vkey],
  ];
}

function* amiss(report: CopyChecked, language: Language): Generator<string, void, void> {
  const words = copyWordsIn(language);
  const { retirements, kept } = report;
  if (report.signature === 'wrong') yield words.amiss.signatureWrong;
  if (report.signature === 'missing') yield words.amiss.signatureMissing;
  if (report.event === 'altered') yield words.amiss.altered;
  if (report.event === 'unproven') yield words.amiss.proof;
  if (report.statement !== 'good') yield words.amiss.statement;
  if (report.receipt === 'wrong') yield words.amiss.receipt;
  if (!report.isReceiptTold) yield words.amiss.told;
  const left = retirements.all - retirements.proven;
  if (left > 0) yield words.amiss.retirements(numberIn(language)(left));
  yield* witnessesAmiss(report, wordsIn(language), numberIn(language));
  if (kept !== undefined && kept !== 'agrees') yield words.kept[kept];
}

/** What is shown rests on the signatures: where one is wrong, it is less. */
function* shown(report: CopyChecked, language: Language): Generator<string, void, void> {
  const words = copyWordsIn(language);
  const { copies } = report.copy;
  const isSigned = report.signature === 'good' && report.statement === 'good';
  if (isSigned) yield report.isKeyGiven ? words.shown.signedGiven : words.shown.signedOwn;
  if (report.event === 'proven' && report.signature === 'good') yield words.shown.event;
  if (report.receipt === 'good') yield words.shown.receipt;
  if (isSigned && report.exit === 'good') {
    yield words.shown.destroyed;
    yield `${words.shown.day(dayOf(copies.day, language))} ${words.shown.copies[copies.state]}`;
  }
  const { proven } = report.retirements;
  if (proven > 0 && isSigned) yield words.shown.retirements(numberIn(language)(proven));
  yield* witnessesShown(report, wordsIn(language), numberIn(language));
  if (report.kept === 'agrees') yield words.kept.agrees;
}

function* notShown(report: CopyChecked, language: Language): Generator<string, void, void> {
  const words = copyWordsIn(language).notShown;
  if (!report.isKeyGiven) yield words.keyIsLedgers;
  if (report.isAttachment) yield words.pages;
  if (report.receipt === 'unknown') yield words.receiptUnknown;
  if (report.copy.copies.state !== 'confirmed') yield words.copiesLater;
  yield words.keyIsGone;
  if (report.kept === undefined) yield words.noKept;
  const { witnessesAreLedgers } = words;
  yield* witnessesNotShown(report, wordsIn(language), numberIn(language), witnessesAreLedgers);
  yield words.theirs;
  yield words.else;
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function countOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function rootOf({ erasure }: ErasureCopy): string {
  return erasure.proof.head.note.text.split('\n')[2] ?? '';
}
