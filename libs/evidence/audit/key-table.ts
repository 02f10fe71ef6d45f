import { Column } from './column.js';
import { ID_BYTES } from '../ids.js';

/** What a vault says of a key, in a byte. */
export const KEY_STATES = ['unasked', 'live', 'fenced', 'destroyed', 'missing'] as const;
export type KeyAnswer = (typeof KEY_STATES)[number];

const FIRST_SLOTS = 1_024;

/** Every key that envelopes or events speak of, once, by number, with what is known of it. */
export class KeyTable {
  readonly #ids = new Column(ID_BYTES);
  #answers = new Uint8Array(FIRST_SLOTS);
  #slots = new Int32Array(FIRST_SLOTS).fill(-1);

  get size(): number {
    return this.#ids.size;
  }

  /** The number of a key; a new one where it has none. */
  number(id: Uint8Array): number {
    if (2 * (this.size + 1) > this.#slots.length) this.#grow();
    const slot = this.#slotOf(Buffer.from(id.buffer, id.byteOffset, ID_BYTES));
    const found = this.#slots[slot] ?? -1;
    if (found !== -1) return found;
    const number = this.size;
    this.#ids.push(id);
    this.#slots[slot] = number;
    return number;
  }

  /** What the vault has said last counts. */
  answer(key: number, answer: number): void {
    this.#answers[key] = answer;
  }

  answerOf(key: number): KeyAnswer {
    return KEY_STATES[this.#answers[key] ?? 0] ?? 'unasked';
  }

  #slotOf(id: Buffer): number {
    const mask = this.#slots.length - 1;
    let slot = id.readUInt32LE(0) & mask;
    for (;;) {
      const found = this.#slots[slot] ?? -1;
      if (found === -1 || this.#ids.at(found).equals(id)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const answers = new Uint8Array(this.#slots.length);
    answers.set(this.#answers);
    this.#answers = answers;
    for (let key = 0; key < this.size; key += 1) this.#slots[this.#slotOf(this.#ids.at(key))] = key;
  }
}
