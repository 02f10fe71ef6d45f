import type { Position } from '#kernel';
import { START } from '#kernel';

import { Column } from './column.js';
import type { Leaves } from './differences.js';
import { HashTree } from './hash-tree.js';
import { ID_BYTES } from './ids.js';
import { KeyTable } from './key-table.js';
import type { Scanned, ToldCheckpoint, ToldCosignature } from './scan.js';

/** What was read of a whole log, all in bytes. Places are indices of events in the log. */
export class Examined implements Leaves {
  readonly tree = new HashTree();
  readonly ids = new Column(ID_BYTES);
  readonly keys = new KeyTable();
  readonly unreadable: number[] = [];
  readonly hidden: number[] = [];
  /** Event and key of each, in turn, by segment. */
  readonly envelopes: Uint32Array[] = [];
  readonly ended: Uint32Array[] = [];
  readonly lost: Uint32Array[] = [];
  readonly checkpoints: ToldCheckpoint[] = [];
  readonly cosignatures: ToldCosignature[] = [];
  readonly #pages: { readonly at: number; readonly after: Position }[] = [];

  get size(): number {
    return this.tree.size;
  }

  get leaves(): Column {
    return this.tree.leaves;
  }

  /** Adds a segment; they come in the order of the log. */
  add(scanned: Scanned): void {
    const first = this.size;
    const keys = this.#keysOf(scanned);
    this.tree.add(scanned.leaves);
    this.ids.push(scanned.ids);
    for (const [at, after] of scanned.pages) this.#pages.push({ at: first + at, after });
    for (const at of scanned.unreadable) this.unreadable.push(first + at);
    for (const at of scanned.hidden) this.hidden.push(first + at);
    this.envelopes.push(shifted(scanned.envelopes, first, keys));
    this.ended.push(shifted(scanned.ended, first, keys));
    this.lost.push(shifted(scanned.lost, first, keys));
    this.cosignatures.push(...scanned.cosignatures);
    for (const told of scanned.checkpoints) {
      this.checkpoints.push({ ...told, at: first + told.at });
    }
  }

  /** Where to read on for an event: the beginning of its page. */
  pageOf(index: number): { readonly at: number; readonly after: Position } {
    let low = 0;
    let high = this.#pages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pages[middle]?.at ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return this.#pages[low - 1] ?? { at: 0, after: START };
  }

  /** The last page that begins before a position. */
  pageBefore(position: Position): { readonly at: number; readonly after: Position } {
    let low = 0;
    let high = this.#pages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pages[middle]?.after ?? START) < position) low = middle + 1;
      else high = middle;
    }
    return this.#pages[low - 1] ?? { at: 0, after: START };
  }

  #keysOf({ keys, answers }: Scanned): readonly number[] {
    const numbers: number[] = [];
    for (let at = 0; at * ID_BYTES < keys.length; at += 1) {
      const number = this.keys.number(keys.subarray(at * ID_BYTES, (at + 1) * ID_BYTES));
      const answer = answers[at];
      if (answer !== undefined) this.keys.answer(number, answer);
      numbers.push(number);
    }
    return numbers;
  }
}

/** The same array, its pairs in the numbers of the whole log. */
function shifted(pairs: Uint32Array, first: number, keys: readonly number[]): Uint32Array {
  for (let at = 0; at < pairs.length; at += 2) {
    pairs[at] = (pairs[at] ?? 0) + first;
    pairs[at + 1] = keys[pairs[at + 1] ?? 0] ?? 0;
  }
  return pairs;
}

/** Goes through pairs of event and key. */
export function* pairsIn(
  lists: readonly Uint32Array[],
): Generator<{ readonly at: number; readonly key: number }, void, void> {
  for (const list of lists) {
    for (let place = 0; place < list.length; place += 2) {
      yield { at: list[place] ?? 0, key: list[place + 1] ?? 0 };
    }
  }
}
