/**
 * Whether the server may answer, and if not, what it waits for: opening, catching up, ready, and at
 * the end stopping; or it is broken, which only people can mend.
 */
export type Phase =
  | { readonly phase: 'opening' | 'catching-up'; readonly waitsFor: string }
  | { readonly phase: 'ready' }
  /** It was ready, and a store does not answer any more: until it does again. */
  | { readonly phase: 'outage'; readonly waitsFor: string }
  /** Stores contradict each other: the code says how. The process stays, to be asked. */
  | { readonly phase: 'broken'; readonly code: string }
  | { readonly phase: 'stopping' };

export class Readiness {
  #phase: Phase = { phase: 'opening', waitsFor: 'the restore gate' };
  readonly #changed = new Set<(phase: Phase) => void>();

  get phase(): Phase {
    return this.#phase;
  }

  become(phase: Phase): void {
    if (this.#phase.phase === 'stopping') return;
    this.#phase = phase;
    for (const tell of this.#changed) tell(phase);
  }

  /** What the server waits for, in words; undefined when ready. */
  get waitsFor(): string | undefined {
    switch (this.#phase.phase) {
      case 'ready':
        return undefined;
      case 'stopping':
        return 'nothing any more: it is stopping';
      case 'broken':
        return `people: ${this.#phase.code}`;
      case 'opening':
      case 'catching-up':
      case 'outage':
        return this.#phase.waitsFor;
    }
  }

  /**
   * What requests are kept waiting for, in words. In an outage they are tried: one that needs not the
   * store that is away is answered, and the others say for themselves which it is.
   */
  get holdsUp(): string | undefined {
    return this.#phase.phase === 'outage' ? undefined : this.waitsFor;
  }

  /** Resolves when the phase is neither opening nor catching up. */
  async settled(): Promise<Phase> {
    for (;;) {
      const phase = this.#phase;
      if (phase.phase !== 'opening' && phase.phase !== 'catching-up') return phase;
      await new Promise<void>((resolve) => {
        const tell = () => {
          this.#changed.delete(tell);
          resolve();
        };
        this.#changed.add(tell);
      });
    }
  }
}
