/**
 * Which of the numbers stand outside of a longest increasing run: what has to be moved, and no more,
 * for all to stand in their order.
 * @param numbers each different; negative ones are left out
 * @returns indices, ascending
 */
export function outOfOrder(numbers: readonly number[]): readonly number[] {
  /** By length of a run, the index of the lowest number that one ends with. */
  const ends: number[] = [];
  const before = new Map<number, number>();
  numbers.forEach((number, index) => {
    if (number < 0) return;
    const length = runsBelow(number, numbers, ends);
    const last = ends[length - 1];
    if (last !== undefined) before.set(index, last);
    ends[length] = index;
  });
  const inOrder = new Set<number>();
  for (let at = ends.at(-1); at !== undefined; at = before.get(at)) inOrder.add(at);
  return numbers.flatMap((number, index) => (number >= 0 && !inOrder.has(index) ? [index] : []));
}

/** Length of the longest run that the number can be put behind. */
function runsBelow(number: number, numbers: readonly number[], ends: readonly number[]): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[ends[middle] ?? 0] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
