import type { Figure } from '../figures.js';

/** What the ledger must reach of the rate of the bare client. */
const SHARE = 0.8;

/** A figure beside the bare client's of the same run. */
export function besideBare(work: string, unit: string, bare: number, ours: number): Figure {
  return {
    work,
    figure: ours,
    unit,
    floor: { what: 'the bare client', figure: bare },
    goal: { atLeast: bare * SHARE },
  };
}

/** Does work so many times, so many at once. Gives the count. */
export async function atOnce(
  count: number,
  inFlight: number,
  work: (at: number) => Promise<void>,
): Promise<number> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return count;
}
