/**
 * Whether the server may answer, and if not, what it waits for. It goes one way: opening, catching
 * up, ready, stopping; or it is broken, which only people can mend.
 */
export type Phase =
  | { readonly phase: 'opening' | 'catching-up'; readonly waitsFor: string }
  | { readonly phase: 'ready' }
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

  /** What requests wait for, in words; undefined when ready. */
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
        return this.#phase.waitsFor;
    }
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
