import type { EventLog } from '#event-log';
import type { Clock, StreamName, SubjectId } from '#kernel';
import { isRefusal, problemOf } from '#kernel';
import { stepIdOf } from '#commands';
import type { Views } from '#views';

import type { CaseNumber } from '../ids.js';
import { customerStream } from '../ids.js';
import type { CustomerHandler } from '../service/customer-handler.js';
import { readAt } from '../service/log-reading.js';
import { casesView } from '../views/cases-view.js';
import { endingsView } from '../views/endings-view.js';
import type { Shredder } from './shredder.js';
import { ledgerStep } from './shredder.js';

/** What the runner works with. */
export interface ErasureRunning {
  readonly log: EventLog;
  readonly views: Views;
  readonly handler: CustomerHandler;
  readonly shredder: Shredder;
  readonly clock: Clock;
  /** Told of what could not be done now and is tried again: a short code, no data. */
  onProblem(code: string): void;
}

const PAGE = 100;

/**
 * What time brings: erasures whose last hold has ended begin, and keys that were ended are
 * destroyed. Its work list are views, so it goes on where a crash left it.
 */
export class ErasureRunner {
  /** Endings whose keys are being destroyed, by their id. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(private readonly with_: ErasureRunning) {}

  /** One round over everything that is due, to its end. Gives how much was due. */
  async round(): Promise<number> {
    const begun = await this.beginDue();
    const finished = await this.finishEndings();
    return begun + finished;
  }

  /**
   * Begins everything that is due and is not under way yet. An ending waits for the keys that other
   * processes hold: the next person's does not wait for that as well. {@link settled} does.
   */
  async begin(): Promise<void> {
    await this.beginDue();
    await this.#beginEndings();
  }

  /** Resolves when nothing that was begun is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  /** Weighs again every case that is due. */
  async beginDue(): Promise<number> {
    const { views, clock } = this.with_;
    const due = await views.find(
      casesView,
      { dueAt: { $lte: clock.now() } },
      { sort: { field: 'dueAt', direction: 1 }, limit: PAGE },
    );
    for (const { id, doc, position } of due) {
      for (const part of doc.parts) {
        if (part.waits.length === 0) continue;
        await this.#attempt(() =>
          this.#continue(part.subject as SubjectId, id as CaseNumber, position, doc.dueAt ?? ''),
        );
      }
    }
    return due.length;
  }

  /** Destroys the keys of everything that ended some. */
  async finishEndings(): Promise<number> {
    const found = await this.#beginEndings();
    await this.settled();
    return found;
  }

  async #beginEndings(): Promise<number> {
    const { views, shredder } = this.with_;
    const open = await views.find(
      endingsView,
      {},
      { sort: { field: 'at', direction: 1 }, limit: PAGE },
    );
    for (const { id, doc } of open) {
      if (this.#underWay.has(id)) continue;
      const finish = () => shredder.finish(doc.stream as StreamName, doc.revision);
      const done = this.#attempt(finish).finally(() => this.#underWay.delete(id));
      this.#underWay.set(id, done);
    }
    return open.length;
  }

  /**
   * The step's id names what was known when it came due: the same due case is weighed once, and
   * again when more has happened or more time has passed.
   */
  async #continue(
    subject: SubjectId,
    number: CaseNumber,
    position: string,
    dueAt: string,
  ): Promise<void> {
    const { handler, log } = this.with_;
    const stream = customerStream(subject);
    const revision = await handler.look(stream, (fold) => fold.revision);
    const newest = await readAt(log, stream, revision);
    const outcome = await handler.handle({
      stream,
      id: stepIdOf(newest.id, `continue:${number}:${position}:${dueAt}`),
      command: { do: 'continue-erasure', subject, case: number },
      content: { do: 'continue-erasure', case: number },
      ...ledgerStep(newest),
    });
    if (isRefusal(outcome)) this.with_.onProblem(outcome.code);
  }

  /** One that cannot go on now does not keep the others waiting. Never rejects. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.with_.onProblem(problemOf(error));
    }
  }
}
