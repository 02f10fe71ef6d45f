import type { SignedHead } from '../heads.js';
import { linesOf } from './anchor-pages.js';

/**
 * The heads in an anchor file. What was read is not read again, since the file only grows; of that,
 * only the largest head of each origin is kept.
 */
export class ClaimedHeads {
  readonly #last = new Map<string, SignedHead>();
  /** Where the first line begins that was not read. */
  #readTo = 0;

  constructor(private readonly file: string) {}

  /** The head of the largest size. */
  async last(origin: string): Promise<SignedHead | undefined> {
    for await (const head of this.#from(this.#readTo)) this.#keep(head);
    return this.#last.get(origin);
  }

  /** The first head with an origin and a size: the one that counts. */
  async first({ origin, size }: SignedHead): Promise<SignedHead | undefined> {
    // Among what was read there is none of a size above the largest.
    const isAbove = size > (this.#last.get(origin)?.size ?? -1);
    let found: SignedHead | undefined;
    for await (const head of this.#from(isAbove ? this.#readTo : 0)) {
      this.#keep(head);
      if (head.origin === origin && head.size === size) found ??= head;
    }
    return found;
  }

  /** All of them, the first of each origin and size, in the order of sizes. */
  async all(): Promise<readonly SignedHead[]> {
    const first = new Map<string, SignedHead>();
    for await (const head of this.#from(0)) {
      this.#keep(head);
      const place = `${head.origin} ${String(head.size)}`;
      if (!first.has(place)) first.set(place, head);
    }
    return [...first.values()].sort((a, b) => a.size - b.size);
  }

  async *#from(start: number): AsyncIterable<SignedHead> {
    for await (const { lines, end } of linesOf(this.file, start)) {
      for (const line of lines) if (line.kind === 'head') yield line.head;
      this.#readTo = Math.max(this.#readTo, end);
    }
  }

  #keep(head: SignedHead): void {
    const last = this.#last.get(head.origin);
    if (last === undefined || head.size > last.size) this.#last.set(head.origin, head);
  }
}
