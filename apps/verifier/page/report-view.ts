import {
  isRefused,
  VERDICT_EXITS,
  BUNDLE_VERDICTS,
  type BundleChecked,
  type BundleReport,
} from '#evidence/verifier';

import type { Language } from '../words/language.js';
import { numberIn, scopeIn, sentences, wordsIn } from '../words/sentences.js';
import { element, list, section } from './dom.js';
import { EventsTable, verdictMark } from './events-table.js';

/** A report as the page shows it. */
export function reportView(report: BundleReport, language: Language): readonly HTMLElement[] {
  const words = wordsIn(language);
  if (isRefused(report)) {
    const exit = exitCode(VERDICT_EXITS.refused, language);
    return [section(words.headings.result, result(words.refusals[report.refused], 'bad'), exit)];
  }
  const said = sentences(report, language);
  const isGood = report.exit === 'good';
  return [
    section(
      words.headings.result,
      result(words.results[report.exit], isGood ? 'good' : 'bad'),
      ...(said.amiss.length === 0 ? [] : [list(said.amiss)]),
      exitCode(VERDICT_EXITS[report.exit], language),
      totals(report, language),
    ),
    section(words.headings.key, key(report, language)),
    section(words.headings.shown, list(said.shown)),
    section(words.headings.notShown, list(said.notShown)),
    section(words.headings.bundle, about(report, language)),
    section(words.headings.events, new EventsTable(report.events, language).element),
  ];
}

/** What came of a check, in a sentence. */
export function result(text: string, tone: 'good' | 'bad'): HTMLElement {
  const sign = element('span', { 'aria-hidden': 'true' }, tone === 'good' ? '✓ ' : '✗ ');
  return element('p', { class: `result ${tone}` }, sign, text);
}

/** As the program for Node ends. */
export function exitCode(code: number, language: Language): HTMLElement {
  const { page } = wordsIn(language);
  return element('p', { 'data-exit': String(code) }, `${page.exitCode}: ${String(code)}`);
}

function totals({ totals: counts }: BundleChecked, language: Language): HTMLElement {
  const { headings, verdicts, page, columns } = wordsIn(language);
  const number = numberIn(language);
  const rows = BUNDLE_VERDICTS.filter((one) => counts[one] > 0).map((one) =>
    element(
      'tr',
      { 'data-verdict': one, 'data-count': String(counts[one]) },
      element('th', { scope: 'row' }, verdictMark(one, language)),
      element('td', { class: 'number' }, number(counts[one])),
      element('td', {}, verdicts[one][1]),
    ),
  );
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, columns.verdict),
    element('th', { scope: 'col', class: 'number' }, page.count),
    element('td'),
  );
  const caption = element('caption', {}, headings.totals);
  const table = element(
    'table',
    {},
    caption,
    element('thead', {}, head),
    element('tbody', {}, ...rows),
  );
  return element('div', { class: 'scroll' }, table);
}

function key({ vkey, isKeyGiven }: BundleChecked, language: Language): HTMLElement {
  const { facts, shown, page } = wordsIn(language);
  return element(
    'div',
    {},
    factList([[facts.vkey, vkey]]),
    element('p', {}, isKeyGiven ? shown.signedGiven : page.ownKey),
  );
}

function about(report: BundleChecked, language: Language): HTMLElement {
  const { facts } = wordsIn(language);
  const { header } = report;
  return factList([
    [facts.ledger, header.ledger],
    [facts.origin, header.origin],
    [facts.scope, scopeIn(report, language)],
    [facts.madeAt, header.madeAt],
    [facts.size, numberIn(language)(header.size)],
    [facts.root, header.root],
  ]);
}

/** Names and their values. */
export function factList(rows: readonly (readonly [name: string, value: string])[]): HTMLElement {
  const items = rows.flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', {}, element('code', {}, value)),
  ]);
  return element('dl', {}, ...items);
}
