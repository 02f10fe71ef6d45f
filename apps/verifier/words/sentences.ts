import type { BundleChecked } from '#evidence/verifier';

import { en } from './en.js';
import { fi } from './fi.js';
import type { Language } from './language.js';
import { sv } from './sv.js';
import { witnessesAmiss, witnessesNotShown, witnessesShown } from './witnesses.js';
import type { Words } from './words.js';

const WORDS: Readonly<Record<Language, Words>> = { fi, sv, en };

export function wordsIn(language: Language): Words {
  return WORDS[language];
}

/** What a report says in words: what was found amiss, what it shows, and what it cannot. */
export interface Said {
  readonly amiss: readonly string[];
  readonly shown: readonly string[];
  readonly notShown: readonly string[];
}

/** A number as a language writes it. */
export function numberIn(language: Language): (number: number) => string {
  const format = new Intl.NumberFormat(language);
  return (number) => format.format(number);
}

/** A day as a language writes it, `2.3.2026` or `2 March 2026`. @param day `2026-03-02` */
export function dayOf(day: string, language: Language): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return day;
  const [year, month, date] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()];
  if (language !== 'en') return `${String(date)}.${String(month)}.${String(year)}`;
  const named = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
  return named.format(at);
}

/** Says a report in words. */
export function sentences(report: BundleChecked, language: Language): Said {
  const saying = new Saying(report, wordsIn(language), numberIn(language));
  return {
    amiss: [...saying.amiss()],
    shown: [...saying.shown()],
    notShown: [...saying.notShown()],
  };
}

/** What the bundle holds. */
export function scopeIn({ header }: BundleChecked, language: Language): string {
  const { scopes } = wordsIn(language);
  const { scope } = header;
  switch (scope.kind) {
    case 'ledger':
      return scopes.ledger;
    case 'customer':
      return scopes.customer(scope.stream);
    case 'period':
      return scopes.period(scope.from, scope.to);
  }
}

class Saying {
  constructor(
    private readonly report: BundleChecked,
    private readonly words: Words,
    private readonly number: (number: number) => string,
  ) {}

  *amiss(): Generator<string, void, void> {
    const { report, number } = this;
    const { amiss, kept } = this.words;
    if (report.signature === 'wrong') yield amiss.signatureWrong;
    if (report.signature === 'missing') yield amiss.signatureMissing;
    if (report.statement !== 'good') yield amiss.statement;
    if (report.isRootDifferent) yield amiss.root;
    if (report.unproven > 0) yield amiss.proofs(number(report.unproven));
    if (report.isUnsignedTooLong) yield amiss.unsignedTooLong;
    if (report.areLeavesDamaged) yield amiss.leavesDamaged;
    if (report.damaged.length > 0) yield amiss.damaged(report.damaged.join(', '));
    if (report.receipts.wrong > 0) yield amiss.receipts(number(report.receipts.wrong));
    yield* witnessesAmiss(report, this.words, number);
    if (report.kept !== undefined && report.kept !== 'agrees') yield kept[report.kept];
  }

  *shown(): Generator<string, void, void> {
    const { report, number } = this;
    const { shown, kept } = this.words;
    if (report.signature === 'good' && report.statement === 'good') {
      yield report.isKeyGiven ? shown.signedGiven : shown.signedOwn;
    }
    const { INTACT, SHREDDED, LOST } = report.totals;
    if (INTACT + SHREDDED + LOST > 0) yield shown.proven(number(INTACT + SHREDDED + LOST));
    if (report.isComplete) yield this.#complete();
    if (SHREDDED > 0) yield shown.shredded(number(SHREDDED));
    if (report.receipts.good > 0) yield shown.receipts(number(report.receipts.good));
    yield* witnessesShown(report, this.words, number);
    if (report.kept === 'agrees') yield kept.agrees;
  }

  #complete(): string {
    const { shown } = this.words;
    switch (this.report.header.scope.kind) {
      case 'ledger':
        return shown.whole;
      case 'customer':
        return shown.completeStream;
      case 'period':
        return shown.completePeriod;
    }
  }

  *notShown(): Generator<string, void, void> {
    const { report, number } = this;
    const { notShown } = this.words;
    const { scope } = report.header;
    if (!report.isKeyGiven) yield notShown.keyIsLedgers;
    if (report.kept === undefined) yield notShown.noKept;
    if (!report.isComplete) yield notShown.incomplete;
    if (scope.kind !== 'ledger') yield notShown.partOnly;
    if (scope.kind === 'customer') yield notShown.headIsWord;
    if (scope.kind === 'customer' && scope.elsewhere.count > 0) {
      yield notShown.elsewhere(number(scope.elsewhere.count));
    }
    if (scope.kind === 'period') yield notShown.periodByClock;
    const newer = report.events.filter(
      ({ verdict, isUnproven }) => verdict === 'UNSIGNED' && isUnproven !== true,
    );
    if (newer.length > 0) yield notShown.unsigned(number(newer.length));
    yield report.areKeysKnown ? notShown.keyStates : notShown.keysUnknown;
    if (report.receipts.unknown > 0)
      yield notShown.receiptsUnknown(number(report.receipts.unknown));
    yield* witnessesNotShown(report, this.words, number, notShown.witnessesAreLedgers);
    yield notShown.beforeSigning;
    yield notShown.neverRecorded;
  }
}
