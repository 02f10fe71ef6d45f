import { EVIDENCE_STREAM } from '../checkpoints/decider.js';
import { objectIn } from '../tree/hashing.js';
import { NEXT_KEY, type Announcement } from '../verifier/index.js';
import type { Placed } from './placed.js';

/** Checkpoints in which one key of the ledger announces another, noted as the log is read. */
export class Announced {
  readonly #found = new Map<string, Announcement>();

  get all(): readonly Announcement[] {
    return [...this.#found.values()];
  }

  async *notedIn(
    pages: AsyncIterable<readonly Placed[]>,
  ): AsyncGenerator<readonly Placed[], void, void> {
    for await (const page of pages) {
      for (const placed of page) this.#note(placed);
      yield page;
    }
  }

  #note({ event }: Placed): void {
    if (event?.stream !== EVIDENCE_STREAM) return;
    const { note, key } = objectIn(event.data) ?? {};
    if (typeof note !== 'string' || typeof key !== 'string') return;
    if (note.includes(`\n${NEXT_KEY} `)) this.#found.set(note, { note, key });
  }
}
