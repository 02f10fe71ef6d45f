import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { StreamPlace } from '#event-log';
import type { Scanned, Segment } from '#evidence';
import { Outage, START, type Position } from '#kernel';

import { Failed } from '../exits.js';
import type { Asked, Told, VerifyInput } from './verify-messages.js';

/** Events of one segment: enough that opening a store for it is nothing. */
const SEGMENT = 20_000;
/** More segments than this are not made: somebody may have written whatever position into a store. */
const MOST_SEGMENTS = 5_000;
/** Segments that are asked for ahead, for each thread. */
const AHEAD = 2;
const DIGITS = 16;
const NUMBERED = /^[0-9]{16}$/;

/** Under a test runner this file is a source, and threads start from what was built. */
const THREAD = import.meta.url.endsWith('.ts')
  ? new URL('../../../dist/apps/cli/evidence/verify-thread.js', import.meta.url)
  : new URL('./verify-thread.js', import.meta.url);

/** The threads of an audit: one for each core, each with connections of its own. */
export class VerifyThreads {
  readonly #threads: readonly VerifyThread[];
  #next = 0;

  constructor(input: VerifyInput, count = availableParallelism()) {
    this.#threads = Array.from({ length: count }, () => new VerifyThread(input));
  }

  get count(): number {
    return this.#threads.length;
  }

  /** Waits until every thread has started, which takes as long as reading thousands of events. */
  async begin(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.ask({ do: 'begin' })));
  }

  /**
   * Scans the log up to a position.
   * @param countsEvents whether any number is a place to read from; if not, one thread reads on and on
   */
  async *scan(until: Position, countsEvents: boolean): AsyncGenerator<Scanned, void, void> {
    const isCounted = countsEvents && NUMBERED.test(until);
    if (!isCounted) {
      yield* this.#readOn(until);
      return;
    }
    const waiting: Promise<Scanned>[] = [];
    for (const segment of segmentsOf(until)) {
      waiting.push(this.#scanned(segment));
      const first = waiting.length > AHEAD * this.count ? waiting.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (const scanned of waiting) yield await scanned;
  }

  /**
   * What streams have alone, once the log has been scanned: where one thread has read on and on, it has
   * learned of streams what another would read again.
   * @param given how many events it has, if none is hidden from its own stream
   */
  async strays(until: Position, given: number | undefined): Promise<readonly StreamPlace[]> {
    const told = await this.#ask({ do: 'strays', until, given }, 0);
    if (told.told !== 'strays') throw unexpected();
    return told.places;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  async *#readOn(until: Position): AsyncGenerator<Scanned, void, void> {
    for (let after: Position = START; after < until;) {
      const scanned = await this.#scanned({ after, until, most: SEGMENT }, 0);
      yield scanned;
      if (scanned.count === 0) return;
      after = scanned.last;
    }
  }

  async #scanned(segment: Segment, thread = this.#next++): Promise<Scanned> {
    const told = await this.#ask({ do: 'scan', segment }, thread);
    if (told.told !== 'scanned') throw unexpected();
    return told.scanned;
  }

  #ask(asked: Asked, thread: number): Promise<Told> {
    const asker = this.#threads[thread % this.count];
    if (asker === undefined) throw unexpected();
    const told = asker.ask(asked);
    told.catch(() => undefined);
    return told;
  }
}

interface Waiting {
  readonly resolve: (told: Told) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread; it answers in the order asked. */
class VerifyThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #waiting: Waiting[] = [];
  #isGone = false;

  constructor(input: VerifyInput) {
    this.#worker = new Worker(THREAD, { workerData: input });
    this.#worker.on('message', (told: Told) => {
      const waiting = this.#waiting.shift();
      if (told.told === 'failure') waiting?.reject(new Failed(told.failure));
      else waiting?.resolve(told);
    });
    this.#worker.on('error', () => {
      this.#left();
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#left();
        resolve();
      });
    });
  }

  ask(asked: Asked): Promise<Told> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#isGone) this.#left();
      else this.#worker.postMessage(asked);
    });
  }

  async close(): Promise<void> {
    this.#worker.postMessage({ do: 'close' } satisfies Asked);
    await this.#ended;
  }

  #left(): void {
    this.#isGone = true;
    for (const { reject } of this.#waiting.splice(0)) reject(unexpected());
  }
}

function* segmentsOf(until: Position): Generator<Segment, void, void> {
  const head = Number(until);
  const span = Math.max(SEGMENT, Math.ceil(head / MOST_SEGMENTS));
  for (let at = 0; at < head; at += span) {
    const end = Math.min(at + span, head);
    yield { after: at === 0 ? START : numbered(at), until: numbered(end) };
  }
}

function numbered(position: number): Position {
  return String(position).padStart(DIGITS, '0') as Position;
}

function unexpected(): Outage {
  return new Outage('verify', 'a thread has ended');
}
