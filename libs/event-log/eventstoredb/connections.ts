import type { EndPoint, NotLeaderError } from '@eventstore/db-client';

import { Outage } from '#kernel';

import type { Address } from './address.js';
import { Connection, type ConnectionSettings } from './connection.js';
import { ConnectionLost, isLost, outageOf, PART, TimeLimitPassed } from './failures.js';
import { Slots } from './slots.js';

/** Calls under way at a time: more take no more from a server, and would only wait in it. */
const AT_ONCE = 128;
/** A call is waited for longer while others are answered, but not longer than so many time limits. */
const MOST_LIMITS = 3;

/** The connection in use, and the change to another one when it is no good any more. */
export class Connections {
  readonly #address: Address;
  readonly #settings: ConnectionSettings;
  readonly #onProblem: (error: unknown) => void;
  readonly #ending = new Set<Promise<void>>();
  readonly #slots = new Slots(AT_ONCE);
  #current: Connection;
  #closed = false;

  constructor(address: Address, settings: ConnectionSettings, onProblem: (error: unknown) => void) {
    this.#address = address;
    this.#settings = settings;
    this.#onProblem = onProblem;
    this.#current = new Connection(address, settings);
  }

  /** @throws Outage `closed` */
  get current(): Connection {
    if (this.#closed) throw new Outage(PART, 'closed');
    return this.#current;
  }

  /**
   * Does a piece of work that may be done twice. A connection that was lost under it is replaced,
   * and the work tried once more if half of its time is left; one that gave no answer in time is
   * replaced too. Its time counts from when it is sent, and goes on while others are answered: where
   * much is under way it waits for its turn first, and a server that is slow is no server that hangs.
   * @throws the client's errors about what was asked; Outage for everything else
   */
  async call<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    await this.#slots.take();
    try {
      return await this.#call(work);
    } finally {
      this.#slots.give();
    }
  }

  async #call<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const { timeLimitMillis } = this.#settings;
    const first = this.current;
    const startedAt = performance.now();
    try {
      return await this.#within(timeLimitMillis, first, work);
    } catch (error) {
      if (error instanceof TimeLimitPassed) this.#slots.refuse(startedAt, outageOf(error));
      const left = timeLimitMillis - (performance.now() - startedAt);
      const again = isLost(error) && left > timeLimitMillis / 2 && !this.#closed;
      this.noteTrouble(first, error);
      if (!again) throw this.#explained(error);
      return this.#again(left, work);
    }
  }

  /** Replaces a connection if that is what the error asks for, and nobody has done so yet. */
  noteTrouble(connection: Connection, error: unknown): void {
    if (!isLost(error) && !(error instanceof TimeLimitPassed)) return;
    if (this.#closed || connection !== this.#current) return;
    this.#onProblem(error);
    this.#current = new Connection(this.#address, this.#settings, leaderIn(error));
    this.#end(connection, error);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#slots.refuse(Infinity, new Outage(PART, 'closed'));
      this.#end(this.#current);
    }
    await Promise.all(this.#ending);
  }

  async #again<T>(left: number, work: (connection: Connection) => Promise<T>): Promise<T> {
    const second = this.current;
    try {
      return await this.#within(left, second, work);
    } catch (error) {
      this.noteTrouble(second, error);
      throw this.#explained(error);
    }
  }

  /** Errors about what was asked are for the asker to name; all others are outages. */
  #explained(error: unknown): unknown {
    if (!isLost(error) && !(error instanceof TimeLimitPassed)) return error;
    return this.#closed ? new Outage(PART, 'closed') : outageOf(error);
  }

  async #within<T>(
    millis: number,
    connection: Connection,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    let undo: () => void = () => undefined;
    const given = new Promise<never>((_, reject) => {
      const lost = () => {
        reject(
          new ConnectionLost('the connection was given up', { cause: connection.gone.reason }),
        );
      };
      const latest = performance.now() + MOST_LIMITS * millis;
      const waiting = timer(millis, () => {
        const left = Math.min(millis - connection.silentMillis, latest - performance.now());
        if (left < 1) reject(new TimeLimitPassed('no answer in time'));
        return left;
      });
      connection.gone.addEventListener('abort', lost);
      undo = () => {
        waiting.end();
        connection.gone.removeEventListener('abort', lost);
      };
    });
    try {
      const result = await Promise.race([work(connection), given]);
      connection.heard();
      return result;
    } catch (error) {
      // A refusal is an answer, too.
      if (!isLost(error) && !(error instanceof TimeLimitPassed)) connection.heard();
      throw error;
    } finally {
      undo();
    }
  }

  #end(connection: Connection, because?: unknown): void {
    const ended = connection.end(because).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}

/** Asks after some time whether it is over: after how many milliseconds to ask again, or none. */
function timer(millis: number, ask: () => number): { end(): void } {
  let pending: NodeJS.Timeout;
  let isOver = false;
  const wait = (left: number) => {
    // What has come meanwhile is read first: this process may have been the busy one.
    pending = setTimeout(() => setImmediate(again), left);
  };
  const again = () => {
    if (isOver) return;
    const left = ask();
    if (left >= 1) wait(left);
  };
  wait(millis);
  return {
    end: () => {
      isOver = true;
      clearTimeout(pending);
    },
  };
}

/** The node that leads, where an error names it. */
function leaderIn(error: unknown): EndPoint | undefined {
  return isNotLeader(error) ? error.leader : undefined;
}

function isNotLeader(error: unknown): error is NotLeaderError {
  return error instanceof Error && 'leader' in error;
}
