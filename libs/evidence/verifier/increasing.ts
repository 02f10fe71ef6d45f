/**
 * Which of the numbers stand outside of a longest increasing subsequence: what has to be moved, and no
 * more, for all to stand in their order.
 * @param numbers each different; negative ones are left out
 * @returns indices, ascending
 */
export function outOfOrder(numbers: ArrayLike<number>): readonly number[] {
  const count = numbers.length;
  /** By length of a run, the index of the lowest number that one ends with. */
  const ends = new Int32Array(count);
  const before = new Int32Array(count).fill(-1);
  let longest = 0;
  for (let index = 0; index < count; index += 1) {
    const number = numbers[index] ?? -1;
    if (number < 0) continue;
    const length = runsBelow(number, numbers, ends, longest);
    before[index] = length === 0 ? -1 : (ends[length - 1] ?? -1);
    ends[length] = index;
    longest = Math.max(longest, length + 1);
  }
  const isIn = new Uint8Array(count);
  for (let at = longest === 0 ? -1 : (ends[longest - 1] ?? -1); at >= 0; at = before[at] ?? -1) {
    isIn[at] = 1;
  }
  const outside: number[] = [];
  for (let index = 0; index < count; index += 1) {
    if ((numbers[index] ?? -1) >= 0 && isIn[index] === 0) outside.push(index);
  }
  return outside;
}

/** Length of the longest run that the number can be put behind. */
function runsBelow(
  number: number,
  numbers: ArrayLike<number>,
  ends: Int32Array,
  longest: number,
): number {
  let low = 0;
  let high = longest;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[ends[middle] ?? 0] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
