import type { Acknowledged } from './writers.js';

/** What was measured beside what is promised, in milliseconds. */
interface Row {
  readonly what: string;
  readonly bound: number;
  readonly measured: number;
  readonly note: string;
}

/** How long writing stood still in a time, in milliseconds. */
export interface Gaps {
  /** The longest time in which nobody was acknowledged. */
  readonly ofAll: number;
  /** The longest that one of the writers had to wait. */
  readonly ofOne: number;
}

/** The gaps between acknowledgements from the last one before an instant on. */
export function gapsSince(acknowledged: readonly Acknowledged[], from: number): Gaps {
  const writers = new Set(acknowledged.map(({ writer }) => writer));
  const each = [...writers].map((writer) =>
    longest(
      acknowledged.filter((one) => one.writer === writer),
      from,
    ),
  );
  return { ofAll: longest(acknowledged, from), ofOne: Math.max(...each) };
}

function longest(acknowledged: readonly Acknowledged[], from: number): number {
  let gap = 0;
  acknowledged.forEach(({ at }, index) => {
    const before = acknowledged[index - 1]?.at ?? at;
    if (at > from) gap = Math.max(gap, at - before);
  });
  return gap;
}

/** What was measured, to be printed when all of it is there. */
export class Measured {
  readonly #rows: Row[] = [];

  add(what: string, bound: number, measured: number, note = ''): void {
    this.#rows.push({ what, bound, measured, note });
  }

  /** Straight to the terminal: a test runner would put a stack before each line. */
  print(): void {
    const lines = this.#rows.map(({ what, bound, measured, note }) =>
      [what.padEnd(52), seconds(bound), seconds(measured), note].join('  '),
    );
    const head = ['fault'.padEnd(52), ' bound', 'longest'].join('  ');
    process.stdout.write(['', head, ...lines, ''].join('\n'));
  }
}

/** In a column of its own. */
export function seconds(millis: number): string {
  return `${(millis / 1_000).toFixed(1)} s`.padStart(6);
}
