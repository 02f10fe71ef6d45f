/** One measured figure, beside a floor or peer of the same run. */
export interface Figure {
  readonly work: string;
  readonly figure: number;
  readonly unit: string;
  /** What the machine itself does in the same run. */
  readonly floor: { readonly what: string; readonly figure: number };
  /** `atLeast`, or `atMost` for times and memory. */
  readonly goal: { readonly atLeast: number } | { readonly atMost: number };
}

/** Whether a figure reaches its goal. */
export function isMet({ figure, goal }: Figure): boolean {
  return 'atLeast' in goal ? figure >= goal.atLeast : figure <= goal.atMost;
}

/** The figures as a Markdown table: the README's. */
export function asTable(figures: readonly Figure[]): string {
  const rows = figures.map((one) =>
    [
      one.work,
      `${rounded(one.figure)} ${one.unit}`,
      `${rounded(one.floor.figure)} (${one.floor.what})`,
      'atLeast' in one.goal
        ? `at least ${rounded(one.goal.atLeast)}`
        : `at most ${rounded(one.goal.atMost)}`,
      isMet(one) ? 'yes' : 'no',
    ].join(' | '),
  );
  return ['work | measured | floor of the same run | goal | met', '---|---|---|---|---', ...rows]
    .map((row) => `| ${row} |`)
    .join('\n');
}

/** Work per second of a piece of work that says how much it did. */
export async function perSecond(work: () => Promise<number> | number): Promise<number> {
  const from = performance.now();
  const done = await work();
  return done / ((performance.now() - from) / 1000);
}

function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
