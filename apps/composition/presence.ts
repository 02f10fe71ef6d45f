import { Outage } from '#kernel';
import type { Presence as PresencePort } from '#vault';

import type { Settings } from './settings.js';

/** Says that this process lives and may hold keys, for as long as it does. */
export class Presence {
  #timer: NodeJS.Timeout | undefined;
  #isBeating = false;

  constructor(
    private readonly port: PresencePort,
    private readonly process: string,
    private readonly with_: {
      readonly settings: Pick<Settings, 'cacheMillis'>;
      /** For so long the vault may give a key after it was fenced. */
      readonly staleMillis: number;
      readonly what: string;
      readonly onProblem: (code: string) => void;
    },
  ) {}

  /** The first beat, before any key is had; then one whenever a third of the time has passed. */
  async begin(): Promise<void> {
    await this.#beat();
    this.#timer = setInterval(() => void this.#again(), this.#beatMillis).unref();
  }

  /** The last: this process holds no keys any more. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.port.leave(this.process).catch(() => undefined);
  }

  get #beatMillis(): number {
    return Math.max(50, Math.floor(this.with_.settings.cacheMillis / 3));
  }

  /** A key fetched just before the next beat outlives this one by that much. */
  #beat(): Promise<void> {
    const { settings, staleMillis, what } = this.with_;
    const keptMillis = settings.cacheMillis + staleMillis;
    return this.port.beat(this.process, what, keptMillis + this.#beatMillis);
  }

  async #again(): Promise<void> {
    // A store that is slow is not asked for more at a time.
    if (this.#isBeating) return;
    this.#isBeating = true;
    try {
      await this.#beat();
    } catch (error) {
      this.with_.onProblem(error instanceof Outage ? error.message : 'presence: failed');
    } finally {
      this.#isBeating = false;
    }
  }
}
