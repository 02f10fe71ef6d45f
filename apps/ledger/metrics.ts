import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { casesView, endingsView } from '#customers';
import { Outage } from '#kernel';
import { millisOf } from '#kernel';

import type { Ledger, Processes } from '../composition/index.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the server tells a Prometheus. No label and no value is personal. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #duration = new Histogram({
    name: 'ledger_http_request_duration_seconds',
    help: 'Time to answer, by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.#registry],
  });
  readonly #carriedOut = new Counter({
    name: 'ledger_http_events_total',
    help: 'Events of commands over HTTP; not those of timers, erasures or other processes.',
    registers: [this.#registry],
  });
  readonly #problems = new Counter({
    name: 'ledger_problems_total',
    help: 'What could not be done at once and is tried again, by part.',
    labelNames: ['part'],
    registers: [this.#registry],
  });
  readonly #gauges = new Map<string, Gauge>();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** An answer was sent. */
  answered(method: string, route: string, status: number, millis: number): void {
    this.#duration.observe({ method, route, status }, millis / 1000);
  }

  /** A command over HTTP was carried out and appended so many events. */
  carriedOut(events: number): void {
    if (events > 0) this.#carriedOut.inc(events);
  }

  /** Something could not be done now. @param code a short code, `part: reason` */
  problem(code: string): void {
    this.#problems.inc({ part: code.split(':', 1)[0] ?? 'unknown' });
  }

  /** Looks at the ledger whenever metrics are asked for. */
  watch(ledger: Ledger, processes: Processes): void {
    this.#look = () => {
      this.#lookAtLeases(processes);
      return this.#lookAt(ledger);
    };
  }

  async text(): Promise<string> {
    const isUp = await this.#looked();
    this.#set('ledger_stores_up', 'Whether stores answered when metrics were asked for.', isUp);
    return this.#registry.metrics();
  }

  #look: () => Promise<void> = () => Promise.resolve();

  async #looked(): Promise<number> {
    try {
      await this.#look();
      return 1;
    } catch (error) {
      if (error instanceof Outage) return 0;
      throw error;
    }
  }

  /** What this process goes by: one that was frozen may think so for a moment longer than it is so. */
  #lookAtLeases(processes: Processes): void {
    const help = 'Whether this process does the work that a lease gives to one of them.';
    const held = this.#gauge('ledger_lease_held', help, ['lease']);
    for (const [lease, isHeld] of processes.held()) held.set({ lease }, isHeld ? 1 : 0);
  }

  async #lookAt(ledger: Ledger): Promise<void> {
    this.#set('ledger_key_cache_keys', 'Data keys held in memory.', ledger.keys.size);
    await this.#lookAtViews(ledger);
    await this.#lookAtErasures(ledger);
    await this.#lookAtKeks(ledger);
  }

  async #lookAtViews({ projections }: Ledger): Promise<void> {
    const lag = this.#gauge('ledger_view_lag_seconds', 'How far a view is behind.', ['view']);
    const behind = this.#gauge('ledger_view_behind', 'Whether a view is behind.', ['view']);
    const parked = this.#gauge('ledger_view_parked', 'Whether a view stands still.', ['view']);
    for (const { build, caughtUp, projector } of await projections.statuses()) {
      if (build.state !== 'live') continue;
      const { view } = build;
      parked.set({ view }, build.parked === undefined ? 0 : 1);
      behind.set({ view }, caughtUp ? 0 : 1);
      if (caughtUp) lag.set({ view }, 0);
      else if (projector?.lagMillis !== undefined) lag.set({ view }, projector.lagMillis / 1000);
    }
  }

  async #lookAtErasures({ stores, clock }: Ledger): Promise<void> {
    const { views } = stores;
    const waiting = await views.count(casesView, { status: 'waiting' });
    const [oldest] = await views.find(
      endingsView,
      {},
      { sort: { field: 'at', direction: 1 }, limit: 1 },
    );
    const age = oldest === undefined ? 0 : millisOf(clock.now()) - millisOf(oldest.doc.at);
    this.#set('ledger_erasures_waiting', 'Erasure cases that wait for a hold.', waiting);
    this.#set(
      'ledger_endings_under_way',
      'Events whose keys are still to be destroyed.',
      await views.count(endingsView, {}),
    );
    this.#set('ledger_endings_oldest_age_seconds', 'Age of the oldest of them.', age / 1000);
  }

  async #lookAtKeks({ stores, clock }: Ledger): Promise<void> {
    const keks = await stores.vault.rotation.kekStatus();
    const current = keks.find(({ state }) => state === 'current');
    const overdue = keks.filter((kek) => kek.overdue).length;
    this.#set('ledger_keks_overdue', 'Key-encryption keys to be replaced or destroyed.', overdue);
    if (current === undefined) return;
    const age = millisOf(clock.now()) - millisOf(current.createdAt);
    this.#set('ledger_kek_age_seconds', 'Age of the current key-encryption key.', age / 1000);
  }

  #set(name: string, help: string, value: number): void {
    this.#gauge(name, help).set(value);
  }

  #gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    const known = this.#gauges.get(name);
    if (known !== undefined) return known;
    const gauge = new Gauge({ name, help, labelNames, registers: [this.#registry] });
    this.#gauges.set(name, gauge);
    return gauge;
  }
}
