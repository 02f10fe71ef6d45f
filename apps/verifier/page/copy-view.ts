import { isCopyRefused, VERDICT_EXITS, type CopyReport } from '#evidence/verifier';

import {
  copyFacts,
  copyRefused,
  copyResult,
  copySentences,
  copyWordsIn,
} from '../words/copy/sentences.js';
import type { Language } from '../words/language.js';
import { wordsIn } from '../words/sentences.js';
import { list, section } from './dom.js';
import { exitCode, factList, result } from './report-view.js';

/** A report of a person's copy of an erasure receipt as the page shows it. */
export function copyView(report: CopyReport, language: Language): readonly HTMLElement[] {
  const { headings } = wordsIn(language);
  const words = copyWordsIn(language);
  if (isCopyRefused(report)) {
    const exit = exitCode(VERDICT_EXITS.refused, language);
    return [section(headings.result, result(copyRefused(report.refused, language), 'bad'), exit)];
  }
  const said = copySentences(report, language);
  return [
    section(
      headings.result,
      result(copyResult(report, language), report.exit === 'good' ? 'good' : 'bad'),
      ...(said.amiss.length === 0 ? [] : [list(said.amiss)]),
      exitCode(VERDICT_EXITS[report.exit], language),
    ),
    section(words.heading, factList(copyFacts(report, language))),
    ...(said.shown.length === 0 ? [] : [section(headings.shown, list(said.shown))]),
    section(headings.notShown, list(said.notShown)),
  ];
}
