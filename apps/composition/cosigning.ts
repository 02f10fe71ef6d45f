import type { Cosignature, KnownWitness, RecordedCheckpoint } from '#evidence';
import { cosign } from '#evidence';
import { instantOf, problemOf } from '#kernel';

import type { Ledger } from './ledger.js';

/** After a witness was away it is asked again when this time has passed. */
const AGAIN_MILLIS = 30_000;

/**
 * Has witnesses cosign the newest checkpoint, each by itself: one that is away holds nobody up, and is
 * asked again later.
 */
export class Cosigning {
  readonly #notBefore = new Map<string, number>();

  constructor(private readonly ledger: Ledger) {}

  async round(): Promise<void> {
    const { evidence } = this.ledger;
    const { witnesses } = evidence.policy;
    if (witnesses.length === 0) return;
    const { last, cosigned } = await evidence.record.seen();
    if (last === undefined) return;
    const missing = witnesses.filter(({ key }) => cosigned.get(key.name)?.size !== last.size);
    await Promise.all(
      missing.map((witness) =>
        this.#attempt(witness, last, cosigned.get(witness.key.name)?.size ?? 0),
      ),
    );
  }

  async #attempt(witness: KnownWitness, last: RecordedCheckpoint, before: number): Promise<void> {
    const { name } = witness.key;
    if (performance.now() < (this.#notBefore.get(name) ?? 0)) return;
    try {
      const { tree } = this.ledger.evidence;
      await this.#record(last, await cosign(witness, tree, last.note, before));
    } catch (error) {
      this.#notBefore.set(name, performance.now() + AGAIN_MILLIS);
      this.ledger.onProblem(problemOf(error));
    }
  }

  async #record({ origin, size }: RecordedCheckpoint, given: Cosignature): Promise<void> {
    const { witness, line, at } = given;
    const cosignature = { origin, size, witness, line, at: instantOf(at * 1000) };
    await this.ledger.evidence.record.addCosignature(cosignature);
  }
}
