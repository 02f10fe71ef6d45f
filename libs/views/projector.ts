import { setImmediate as yieldToOthers } from 'node:timers/promises';

import { Outage, faultPoint, millisOf } from '#kernel';
import type { Clock, Instant, Position } from '#kernel';

import type { ViewsFaultPoint } from './fault-points.js';
import { Folding } from './fold.js';
import type { LogPage } from './log-pages.js';
import type { LogReader } from './log-reader.js';
import type { OpenEnvelopes } from './opening.js';
import { Fenced } from './port.js';
import type { Build, Parked, ViewDefinition, Views } from './port.js';
import { Pulse } from './pulse.js';
import { codeOf, type Poison } from './reasons.js';
import { tokenizerOf, type SearchSecrets, type Tokenizer } from './tokens.js';

/** Sizes and pauses of a projector. */
export interface ProjectorSettings {
  /** Most events of one read. Default 1,000. */
  readonly batchEvents: number;
  /** While catching up, documents are kept in memory until they are this many. Default 10,000. */
  readonly flushDocuments: number;
  /** The pause after an outage; it doubles with each, up to 50 times this. Default 100 ms. */
  readonly retryMillis: number;
  /** How often a parked view looks whether it may go on. Default 500 ms. */
  readonly parkedPollMillis: number;
}

export const PROJECTOR_DEFAULTS: ProjectorSettings = {
  batchEvents: 1_000,
  flushDocuments: 10_000,
  retryMillis: 100,
  parkedPollMillis: 500,
};

/** What projectors of all views share. */
export interface ProjectionPorts {
  /** What it cannot lift parks the view. */
  readonly log: LogReader;
  readonly views: Views;
  readonly clock: Clock;
  /** Opens envelopes for views that want some. */
  readonly open: OpenEnvelopes;
  /** Keeps the secrets of search tokens. */
  readonly secrets: SearchSecrets;
}

export interface ProjectorOptions extends ProjectionPorts {
  readonly view: ViewDefinition;
  readonly build: Build;
  /** Epoch of the lease under which it writes. */
  readonly epoch: number;
  readonly settings: ProjectorSettings;
  /** Called after each change of the status. */
  readonly onChange?: () => void;
}

/**
 * - `catching-up`: older events are being folded
 * - `following`: all events known are folded in
 * - `waiting`: a store is out; it goes on by itself
 * - `parked`: an event could not be folded; it goes on when the view is retried
 * - `stopped`
 */
export type ProjectorState = 'catching-up' | 'following' | 'waiting' | 'parked' | 'stopped';

export interface ProjectorStatus {
  readonly state: ProjectorState;
  readonly checkpoint: Position;
  /** Which part is out, and why. */
  readonly outage?: string;
  readonly parked?: Parked;
  /** How old the newest folded event is, where it is not the newest; undefined where none is. */
  readonly lagMillis?: number;
}

/** Keeps one build of one view at the end of the log. */
export class Projector {
  readonly #options: ProjectorOptions;
  readonly #retried = new Pulse();
  #state: ProjectorState = 'catching-up';
  #checkpoint: Position;
  /** The last event in the working set; what lies between it and the checkpoint is not written. */
  #folded: Position;
  #foldedAt: Instant | undefined;
  #parked: Parked | undefined;
  #outage: string | undefined;
  #outages = 0;
  #tokenizer: Tokenizer | undefined;

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#checkpoint = options.build.checkpoint;
    this.#folded = options.build.checkpoint;
    this.#parked = options.build.parked;
    if (this.#parked !== undefined) this.#state = 'parked';
  }

  get checkpoint(): Position {
    return this.#checkpoint;
  }

  get state(): ProjectorState {
    return this.#state;
  }

  status(): ProjectorStatus {
    const late = this.#state !== 'following' && this.#foldedAt !== undefined;
    return {
      state: this.#state,
      checkpoint: this.#checkpoint,
      ...(this.#outage === undefined ? {} : { outage: this.#outage }),
      ...(this.#parked === undefined ? {} : { parked: this.#parked }),
      ...(this.#state === 'following' ? { lagMillis: 0 } : {}),
      ...(late ? { lagMillis: this.#ageOf(this.#foldedAt) } : {}),
    };
  }

  /** Looks at once whether a parked view, or one that waits, may go on. */
  retry(): void {
    this.#retried.fire();
  }

  /**
   * Projects until the signal aborts, or until another process has taken over. An outage is waited
   * for, an event that cannot be folded waits to be retried: neither ends it.
   */
  async run(signal: AbortSignal): Promise<'stopped' | 'fenced'> {
    try {
      while (!signal.aborted) {
        if (this.#parked === undefined) await this.#attempt(() => this.#project(signal), signal);
        else await this.#attempt(() => this.#lookWhetherUnparked(signal), signal);
      }
      return 'stopped';
    } catch (error) {
      if (error instanceof Fenced) return 'fenced';
      throw error;
    } finally {
      this.#tokenizer?.wipe();
      this.#become('stopped');
    }
  }

  /** Does work; an outage, or what cannot be told from one, is waited for. */
  async #attempt(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Fenced) throw error;
      if (error instanceof Outage) await this.#waitOut(error.message, signal);
      else await this.#parkUnexplained(error, signal);
    }
  }

  /** The log or the store contradicts itself, and does not say at which event. */
  async #parkUnexplained(error: unknown, signal: AbortSignal): Promise<void> {
    try {
      await this.#park(this.#folded, `projection: ${codeOf(error)}`);
    } catch (second) {
      if (second instanceof Fenced) throw second;
      await this.#waitOut(second instanceof Outage ? second.message : codeOf(second), signal);
    }
  }

  async #waitOut(outage: string, signal: AbortSignal): Promise<void> {
    const pause = this.#options.settings.retryMillis * Math.min(2 ** this.#outages, 50);
    this.#outages += 1;
    this.#outage = outage;
    this.#become('waiting');
    await this.#retried.next(pause, signal);
  }

  /** From the checkpoint on: what was folded and not written before an outage is folded again. */
  async #project(signal: AbortSignal): Promise<void> {
    const { log, view, build, views, open, settings } = this.#options;
    const tokenizer = await this.#tokens();
    const token = (field: string, text: string) => tokenizer.token(field, text);
    const folding = new Folding({ view, build, views, open, token });
    this.#folded = this.#checkpoint;
    this.#become('catching-up');
    for await (const page of log.pagesAfter(this.#checkpoint, settings.batchEvents, signal)) {
      const poison = await this.#fold(folding, page);
      if (poison !== undefined || page.newest || folding.size >= settings.flushDocuments) {
        await this.#flush(folding);
      }
      if (poison !== undefined) {
        await this.#park(poison.event.position, poison.reason);
        return;
      }
      this.#passed(page);
      // Embedded stores answer without waiting for anything: others get their turn here.
      if (!page.newest) await yieldToOthers();
      if (signal.aborted) return;
    }
  }

  async #fold(folding: Folding, page: LogPage): Promise<Poison | undefined> {
    const poison = (await folding.fold(page.events)) ?? page.poison;
    const last = page.events[before(page, poison) - 1];
    if (last !== undefined) {
      this.#folded = last.position;
      this.#foldedAt = last.metadata.recordedAt;
    }
    return poison;
  }

  async #flush(folding: Folding): Promise<void> {
    if (this.#folded === this.#checkpoint) return;
    const { views, build, view, epoch } = this.#options;
    reach('projection.before-write');
    const { changes } = folding;
    await views.write(build, view, { changes, checkpoint: this.#folded, epoch });
    reach('projection.after-write');
    folding.clear();
    this.#checkpoint = this.#folded;
    this.#options.onChange?.();
  }

  #passed(page: LogPage): void {
    this.#outage = undefined;
    this.#outages = 0;
    if (page.newest) this.#become('following');
  }

  async #park(position: Position, reason: string): Promise<void> {
    const { views, build, clock, epoch } = this.#options;
    const parked: Parked = { position, reason, at: clock.now() };
    reach('projection.before-park');
    await views.park(build, parked, epoch);
    reach('projection.after-park');
    this.#parked = parked;
    this.#outage = undefined;
    this.#become('parked');
  }

  async #lookWhetherUnparked(signal: AbortSignal): Promise<void> {
    await this.#retried.next(this.#options.settings.parkedPollMillis, signal);
    if (signal.aborted) return;
    const builds = await this.#options.views.builds();
    const build = builds.find(({ id }) => id === this.#options.build.id);
    if (build === undefined) throw new Fenced('the build is gone');
    this.#parked = build.parked;
    this.#outages = 0;
  }

  async #tokens(): Promise<Tokenizer> {
    const { secrets, view, build } = this.#options;
    this.#tokenizer ??= await tokenizerOf(secrets, view, build);
    return this.#tokenizer;
  }

  #become(state: ProjectorState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onChange?.();
  }

  #ageOf(at: Instant | undefined): number {
    if (at === undefined) return 0;
    return Math.max(0, millisOf(this.#options.clock.now()) - millisOf(at));
  }
}

function reach(point: ViewsFaultPoint): void {
  faultPoint(point);
}

/** How many events of a page were folded; one that could not be lifted is not among them. */
function before({ events }: LogPage, poison: Poison | undefined): number {
  const at = poison === undefined ? -1 : events.indexOf(poison.event);
  return at === -1 ? events.length : at;
}
