/** Entries of one block: a power of two. */
const BLOCK = 65_536;

/** Many values of the same number of bytes, without an object for each. */
export class Column {
  readonly #blocks: Buffer[] = [];
  #size = 0;

  /** @param width bytes of a value */
  constructor(readonly width: number) {}

  /** How many values there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds values, one after another in the bytes. */
  push(values: Uint8Array): void {
    const { width } = this;
    for (let from = 0; from < values.length;) {
      const place = this.#size % BLOCK;
      if (place === 0) this.#blocks.push(Buffer.allocUnsafe(BLOCK * width));
      const count = Math.min((values.length - from) / width, BLOCK - place);
      const part = values.subarray(from, from + count * width);
      this.#blocks.at(-1)?.set(part, place * width);
      this.#size += count;
      from += count * width;
    }
  }

  /** A value, not to be kept: it is the column's own bytes. */
  at(index: number): Buffer {
    const from = (index % BLOCK) * this.width;
    return this.#block(index).subarray(from, from + this.width);
  }

  /** Copies values into one buffer. */
  slice(from: number, to: number): Buffer {
    const part = Buffer.allocUnsafe((to - from) * this.width);
    for (let index = from; index < to; index += 1) {
      part.set(this.at(index), (index - from) * this.width);
    }
    return part;
  }

  set(index: number, value: Uint8Array): void {
    this.#block(index).set(value, (index % BLOCK) * this.width);
  }

  /** Whether a value is that of another column. */
  isSame(index: number, other: Column, otherIndex: number): boolean {
    const { width } = this;
    const from = (index % BLOCK) * width;
    const start = (otherIndex % BLOCK) * width;
    const block = other.#block(otherIndex);
    return this.#block(index).compare(block, start, start + width, from, from + width) === 0;
  }

  /** The first four bytes of a value: of hashes and ids as good as random. */
  key(index: number): number {
    return this.#block(index).readUInt32LE((index % BLOCK) * this.width);
  }

  #block(index: number): Buffer {
    const block = this.#blocks[Math.floor(index / BLOCK)];
    if (block === undefined || index >= this.#size) throw new RangeError('no such value');
    return block;
  }
}

/** Finds values of a column; made of those from `from` up to `to`. */
export class ColumnIndex {
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(
    private readonly column: Column,
    from: number,
    to: number,
  ) {
    let slots = 16;
    while (slots < 2 * (to - from)) slots *= 2;
    this.#slots = new Int32Array(slots).fill(-1);
    this.#mask = slots - 1;
    for (let index = from; index < to; index += 1) {
      let slot = column.key(index) & this.#mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index;
    }
  }

  /** The first index, in no order, that has the value and is wanted; -1 where there is none. */
  find(other: Column, index: number, isWanted: (found: number) => boolean): number {
    let slot = other.key(index) & this.#mask;
    for (;;) {
      const found = this.#slots[slot] ?? -1;
      if (found === -1) return -1;
      if (isWanted(found) && this.column.isSame(found, other, index)) return found;
      slot = (slot + 1) & this.#mask;
    }
  }
}
