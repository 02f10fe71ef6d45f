import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { ImportMap, RowOutcome } from '#customers';
import { Outage } from '#kernel';

import { Failed } from '../exits.js';
import type { Recorder, Row } from './recorder.js';
import type { RowsGiven, RowTold } from './threads.js';
import { gathering, isFailedRow } from './threads.js';

/** More threads than this wait for each other's commits. */
const MOST_THREADS = 4;
/** Room for what is young: rows do not live long. */
const YOUNG_MEGABYTES = 64;

/** Recording threads of an import; the rows of one customer always go to the same. */
export class RecorderPool implements Recorder {
  readonly #threads: readonly RecorderThread[];

  /** @param environment the settings that the threads open the ledger with */
  constructor(map: ImportMap, environment: Readonly<Record<string, string | undefined>>) {
    const count = Math.min(availableParallelism(), MOST_THREADS);
    this.#threads = Array.from({ length: count }, () => new RecorderThread(map, environment));
  }

  async record(row: Row): Promise<RowOutcome> {
    const customer = row.kind === 'customers' ? row.key : row.customer;
    const thread = this.#threads[spread(customer) % this.#threads.length];
    if (thread === undefined) throw new Outage('import', 'has no thread');
    return thread.record(row);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

interface Waiting {
  readonly resolve: (outcome: RowOutcome) => void;
  readonly reject: (error: unknown) => void;
}

class RecorderThread implements Recorder {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #give: (row: RowsGiven[number]) => void;
  #count = 0;
  #gone: unknown;

  constructor(map: ImportMap, environment: Readonly<Record<string, string | undefined>>) {
    this.#worker = new Worker(new URL('./recorder-thread.js', import.meta.url), {
      workerData: { map },
      env: { ...environment },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    this.#give = gathering((rows) => {
      this.#worker.postMessage(rows);
    });
    this.#worker.on('message', (told: readonly RowTold[]) => {
      told.forEach((one) => {
        this.#told(one);
      });
    });
    this.#worker.on('error', (error) => {
      this.#gone = error;
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#left();
        resolve();
      });
    });
  }

  record(row: Row): Promise<RowOutcome> {
    return new Promise((resolve, reject) => {
      const number = this.#count++;
      this.#waiting.set(number, { resolve, reject });
      if (this.#gone === undefined) this.#give([number, row]);
      else this.#left();
    });
  }

  async close(): Promise<void> {
    this.#worker.postMessage([]);
    await this.#ended;
  }

  #told([number, outcome]: RowTold): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (isFailedRow(outcome)) waiting?.reject(new Failed(outcome.failure));
    else waiting?.resolve(outcome);
  }

  /** What it had not told may be recorded or not: a run again finds out. */
  #left(): void {
    this.#gone ??= new Outage('import', 'a thread has ended');
    for (const { reject } of this.#waiting.values()) reject(this.#gone);
    this.#waiting.clear();
  }
}

/** A number that spreads texts evenly (FNV-1a). */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
