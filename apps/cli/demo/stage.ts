import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Asking, CaseDoc, CaseNumber, CustomerCommand } from '#customers';
import { casesView } from '#customers';
import type { Clock, Instant, Refusal } from '#kernel';
import { instantOf, isRefusal, millisOf } from '#kernel';

import type { Ledger, Processes, Settings } from '../../composition/index.js';
import { openLedger, readSettings, startProcesses } from '../../composition/index.js';
import { Refused } from '../exits.js';

/** The machine's clock, moved: time goes on at its own pace from wherever it was set. */
export class DemoClock implements Clock {
  #ahead = 0;

  now(): Instant {
    return instantOf(Date.now() + this.#ahead);
  }

  moveTo(at: Instant): void {
    this.#ahead = millisOf(at) - Date.now();
  }
}

const POLL_MILLIS = 50;
const PATIENCE_MILLIS = 20_000;

/** The ledger of the demo: its own folder, its own clock, everything else as it is shipped. */
export class Stage {
  readonly clock = new DemoClock();
  readonly settings: Settings;
  #ledger: Ledger | undefined;
  #processes: Processes | undefined;

  constructor(folder: string) {
    // Short limits, so that nobody waits: what another process may still hold is gone sooner.
    this.settings = readSettings({
      LEDGER_DATA: join(folder, 'data'),
      LEDGER_KEY_CACHE_MS: '200',
      LEDGER_LEASE_MS: '1000',
      LEDGER_TIMER_MS: '50',
    });
  }

  /** The ledger as it is open now. */
  get ledger(): Ledger {
    if (this.#ledger === undefined) throw new Error('the demo has not opened its ledger');
    return this.#ledger;
  }

  async open(): Promise<void> {
    const { clock, settings } = this;
    this.#ledger = await openLedger({ settings, clock, what: 'demo' });
    this.#processes = startProcesses(this.#ledger);
  }

  async close(): Promise<void> {
    await this.#processes?.stop();
    await this.#ledger?.close();
    this.#processes = undefined;
    this.#ledger = undefined;
  }

  /** Everything but the clock stands still while time is moved. */
  async moveClock(to: Instant): Promise<void> {
    await this.#processes?.stop();
    this.clock.moveTo(to);
    this.#processes = startProcesses(this.ledger);
  }

  /** Carries out a command on a customer as staff would. */
  async on(command: CustomerCommand): Promise<void> {
    accepted(await this.ledger.commands.on(this.asking(), command));
  }

  asking(purpose = 'customer-register'): Asking {
    return { account: 'demo', role: 'staff', purpose, source: 'staff', key: randomUUID() };
  }

  /** Waits until views show everything that has happened. */
  async settled(view: string): Promise<void> {
    const head = await this.ledger.stores.log.head();
    await this.ledger.projections.waitFor(view, head, PATIENCE_MILLIS);
  }

  /** Waits until so many receipts of a case are there. Nothing is called: it happens by itself. */
  async receipts(number: CaseNumber, count: number): Promise<CaseDoc> {
    this.#processes?.nudge();
    for (let waited = 0; waited < PATIENCE_MILLIS; waited += POLL_MILLIS) {
      await this.settled(casesView.name);
      const found = await this.ledger.reading.case(number);
      if (!isRefusal(found)) {
        const have = found.parts.flatMap((part) => part.receipts).length;
        if (have >= count) return found;
      }
      await pause(POLL_MILLIS);
    }
    throw new Error('the demo waited in vain for an erasure to be completed');
  }
}

/** What was not refused. @throws Refused */
export function accepted<T>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw new Refused(outcome);
  return outcome;
}
