const FIRST_SIZE = 1024;
const WORDS = 2;

/**
 * The rows that a file has had, by the first 64 bits of their ids: 16 to 32 bytes a row, so that a
 * file of millions does not fill memory. Two rows of a million fall together by chance once in
 * 30 million files.
 */
export class SeenRows {
  #slots = new Uint32Array(FIRST_SIZE * WORDS);
  #count = 0;

  /** Notes a row. Gives false where the file has had it. @param id a UUID */
  add(id: string): boolean {
    if (this.#count * 2 >= this.#slots.length / WORDS) this.#grow();
    // Zero marks an empty slot.
    const high = Number.parseInt(id.slice(0, 8), 16) || 1;
    // The version's four bits, which are the same in all ids, are left out.
    const low = Number.parseInt(id.slice(9, 13) + id.slice(15, 18) + id.slice(20, 21), 16);
    return this.#put(high, low);
  }

  #put(high: number, low: number): boolean {
    const size = this.#slots.length / WORDS;
    for (let slot = (high ^ low) & (size - 1); ; slot = (slot + 1) & (size - 1)) {
      const at = slot * WORDS;
      if (this.#slots[at] === 0) {
        this.#slots[at] = high;
        this.#slots[at + 1] = low;
        this.#count++;
        return true;
      }
      if (this.#slots[at] === high && this.#slots[at + 1] === low) return false;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    this.#count = 0;
    for (let at = 0; at < before.length; at += WORDS) {
      const high = before[at] ?? 0;
      if (high !== 0) this.#put(high, before[at + 1] ?? 0);
    }
  }
}
