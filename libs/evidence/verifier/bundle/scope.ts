import type { BundleScope } from './format.js';
import type { EventVerdict } from './report.js';

/** What a scope says ought to be there and is not, and is not told by the tree itself. */
export function gapsIn(
  scope: BundleScope,
  events: readonly EventVerdict[],
  claimed: ReadonlySet<number>,
): readonly EventVerdict[] {
  switch (scope.kind) {
    case 'ledger':
      return [];
    case 'customer':
      return revisionsMissing(scope.stream, scope.head, events);
    case 'period':
      return indexesMissing(scope.first, scope.end, claimed);
  }
}

/** Most gaps that are told one by one: a revision may be any number after somebody's editing. */
const MOST = 100_000;

function revisionsMissing(
  stream: string,
  head: number,
  events: readonly EventVerdict[],
): readonly EventVerdict[] {
  const there = new Set(events.filter((one) => one.stream === stream).map((one) => one.revision));
  const gaps: EventVerdict[] = [];
  for (let revision = 0; revision <= head && gaps.length < MOST; revision += 1) {
    if (!there.has(revision)) gaps.push({ verdict: 'MISSING', index: undefined, stream, revision });
  }
  // A leaf without an event, and an event that is not what it was, are these gaps already.
  const explained = events.filter(
    ({ verdict, isEnding }) =>
      isEnding !== true && (verdict === 'MISSING' || verdict === 'ALTERED'),
  ).length;
  return gaps.slice(Math.min(explained, gaps.length));
}

function indexesMissing(
  first: number,
  end: number,
  claimed: ReadonlySet<number>,
): readonly EventVerdict[] {
  const gaps: EventVerdict[] = [];
  for (let index = first; index < end && gaps.length < MOST; index += 1) {
    if (!claimed.has(index)) gaps.push({ verdict: 'MISSING', index });
  }
  return gaps;
}
