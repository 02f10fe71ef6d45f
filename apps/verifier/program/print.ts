import {
  VERDICT_EXITS,
  BUNDLE_VERDICTS,
  type BundleChecked,
  type EventVerdict,
  type BundleVerdict,
} from '#evidence/verifier';

import type { Language } from '../words/language.js';
import { numberIn, scopeIn, sentences, wordsIn } from '../words/sentences.js';

const MOST_PLACES = 100;
const GOOD = new Set<BundleVerdict>(['INTACT', 'SHREDDED']);

/** A report as text for people. */
export function printed(report: BundleChecked, language: Language): string {
  const words = wordsIn(language);
  const said = sentences(report, language);
  const number = numberIn(language);
  const { headings, facts } = words;
  const { header, totals } = report;
  const totalled = BUNDLE_VERDICTS.filter((one) => totals[one] > 0).map((one) => {
    const [name, means] = words.verdicts[one];
    return `${number(totals[one])}  ${one} (${name}): ${means}`;
  });
  return [
    `${words.results[report.exit]} (${String(VERDICT_EXITS[report.exit])})`,
    ...said.amiss.map((line) => `! ${line}`),
    ...section(headings.bundle, [
      `${facts.ledger}: ${header.ledger}`,
      `${facts.scope}: ${scopeIn(report, language)}`,
      `${facts.madeAt}: ${header.madeAt}`,
      `${facts.origin}: ${header.origin}`,
      `${facts.size}: ${number(header.size)}`,
      `${facts.root}: ${header.root}`,
      `${facts.vkey}: ${report.vkey}`,
    ]),
    ...section(headings.totals, totalled),
    ...section(headings.places, places(report, language)),
    ...section(headings.shown, said.shown),
    ...section(headings.notShown, said.notShown),
    '',
  ].join('\n');
}

/** Lines under a heading; nothing where there are none. */
export function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `  ${line}`)];
}

/** Where things are amiss: the first hundred. */
function places({ events }: BundleChecked, language: Language): readonly string[] {
  const words = wordsIn(language);
  const amiss = events.filter(({ verdict }) => !GOOD.has(verdict));
  const lines = amiss.slice(0, MOST_PLACES).map((event) => place(event, language));
  const left = amiss.length - lines.length;
  return left === 0 ? lines : [...lines, words.more(numberIn(language)(left))];
}

function place(event: EventVerdict, language: Language): string {
  const { verdict, index, signedAt, stream, revision, id, type, recordedAt } = event;
  const at = stream === undefined ? [] : [`${stream}@${String(revision)}`];
  const moved = signedAt === undefined ? [] : [wordsIn(language).signedAt(String(signedAt))];
  const where = index === undefined ? '-' : String(index);
  return [verdict, where, ...at, type, recordedAt, id, ...moved].filter(Boolean).join(' ');
}

/** A report for machines: the places that are amiss, the first hundred. */
export function asJson(report: BundleChecked): string {
  const { events, header, exit, ...rest } = report;
  const amiss = events.filter(({ verdict }) => !GOOD.has(verdict)).slice(0, MOST_PLACES);
  const { ledger, origin, scope, madeAt, size, root } = header;
  const about = { ledger, origin, scope, madeAt, size, root };
  return JSON.stringify({
    exit: VERDICT_EXITS[exit],
    result: exit,
    ...about,
    ...rest,
    places: amiss,
  });
}
