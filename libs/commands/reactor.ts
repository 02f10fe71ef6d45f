import type { EventLog } from '#event-log';
import type { Position, RecordedEvent } from '#kernel';
import { Outage, START } from '#kernel';

/** Where a reactor notes how far it has come. */
export interface ReactorNotes {
  note(name: string): Promise<string | undefined>;
  setNote(name: string, value: string): Promise<void>;
}

/** What a reactor works with. */
export interface Reacting {
  readonly name: string;
  readonly log: EventLog;
  readonly notes: ReactorNotes;
  /** What follows from an event; may be called again with the same one. */
  react(event: RecordedEvent): Promise<void>;
  /** Told of an outage, before it is tried again: a short code, no data. */
  onProblem(code: string): void;
  /** Waits before another try; ends early when the signal aborts. */
  pause(millis: number, signal: AbortSignal): Promise<void>;
}

const RETRY_MILLIS = 1000;

/**
 * Reads the log from where it was left and does what follows from each event, at least once and in
 * order. Runs in one process, under a lease.
 */
export class Reactor {
  constructor(private readonly with_: Reacting) {}

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch (error) {
        if (!(error instanceof Outage)) throw error;
        this.with_.onProblem(error.message);
        await this.with_.pause(RETRY_MILLIS, signal);
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { log, notes, name } = this.with_;
    const after = ((await notes.note(name)) ?? START) as Position;
    for await (const page of log.subscribe(after, signal)) {
      for (const event of page) await this.with_.react(event);
      const last = page.at(-1);
      if (last !== undefined) await notes.setNote(name, last.position);
    }
  }
}
