import { Outage } from '#kernel';

interface Asker<Q, A> {
  readonly questions: readonly Q[];
  readonly resolve: (answers: readonly A[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does at once what is asked for while it is busy, as a group commit does: the busier the store, the more
 * questions share a round trip and the disks' time.
 */
export class Together<Q, A> {
  #waiting: Asker<Q, A>[] = [];
  #isBusy = false;

  /**
   * @param work answers questions in the order asked
   * @param most questions that are answered at once, but for those of a single asker
   */
  constructor(
    private readonly work: (questions: readonly Q[]) => Promise<readonly A[]>,
    private readonly most: number,
  ) {}

  /** @throws what the work throws; of a fault that lies in one's question no other hears */
  ask(questions: readonly Q[]): Promise<readonly A[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ questions, resolve, reject });
      if (!this.#isBusy) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) await this.#answer(this.#next());
    this.#isBusy = false;
  }

  #next(): readonly Asker<Q, A>[] {
    let [count, size] = [0, 0];
    for (const { questions } of this.#waiting) {
      size += questions.length;
      if (count > 0 && size > this.most) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #answer(askers: readonly Asker<Q, A>[]): Promise<void> {
    try {
      const answers = await this.work(askers.flatMap(({ questions }) => questions));
      let from = 0;
      for (const { questions, resolve } of askers) {
        resolve(answers.slice(from, from + questions.length));
        from += questions.length;
      }
    } catch (error) {
      // An outage is everyone's. What else is wrong, is with one of them.
      if (askers.length === 1 || error instanceof Outage) {
        for (const { reject } of askers) reject(error);
      } else {
        for (const asker of askers) await this.#answer([asker]);
      }
    }
  }
}
