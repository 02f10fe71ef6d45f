import { VERDICT_EXITS, type CopyChecked } from '#evidence/verifier';

import { copyFacts, copyResult, copySentences, copyWordsIn } from '../words/copy/sentences.js';
import type { Language } from '../words/language.js';
import { wordsIn } from '../words/sentences.js';
import { section } from './print.js';

/** A report of a copy as text for people. */
export function printedCopy(report: CopyChecked, language: Language): string {
  const { headings } = wordsIn(language);
  const said = copySentences(report, language);
  const facts = copyFacts(report, language).map(([name, value]) => `${name}: ${value}`);
  return [
    `${copyResult(report, language)} (${String(VERDICT_EXITS[report.exit])})`,
    ...said.amiss.map((line) => `! ${line}`),
    ...section(copyWordsIn(language).heading, facts),
    ...section(headings.shown, said.shown),
    ...section(headings.notShown, said.notShown),
    '',
  ].join('\n');
}

/** A report of a copy for machines. */
export function copyAsJson({ copy, exit, ...rest }: CopyChecked): string {
  const { ledger, origin, madeAt, receipt, copies, erasure } = copy;
  const { index, head } = erasure.proof;
  const about = { ledger, origin, madeAt, case: receipt.case, id: receipt.event };
  const proven = { index, size: head.size, copies: { day: copies.day, state: copies.state } };
  return JSON.stringify({ exit: VERDICT_EXITS[exit], result: exit, ...about, ...proven, ...rest });
}
