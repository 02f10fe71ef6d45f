import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { customerViews } from '#customers';
import type { Clock } from '#kernel';
import { errorCode, IntegrityError, InvalidInput, Outage, systemClock } from '#kernel';

import type { Ledger, Processes, Settings } from '../composition/index.js';
import { LogAcceptance, LogRolledBack, openLedger, startProcesses } from '../composition/index.js';
import { answerAcceptance } from './accepting.js';
import type { Application } from './application.js';
import { buildApplication } from './application.js';
import type { ServerLog } from './log.js';
import { Metrics } from './metrics.js';
import { Probes } from './probes.js';
import type { Phase } from './readiness.js';
import { Readiness } from './readiness.js';
import { StoresWatch } from './stores-watch.js';

/** How a server is started. */
export interface ServerOptions {
  readonly settings: Settings;
  readonly log: ServerLog;
  readonly clock?: Clock;
  /** Where views are projected: on a thread apart, unless there is a clock of its own. */
  readonly projecting?: 'here' | 'apart';
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  /** Resolves when it is ready, broken or stopping. */
  settled(): Promise<Phase>;
  /** Stops accepting, finishes what it has begun, and closes the stores. */
  stop(): Promise<void>;
}

/** Longest times for a request to arrive, and for a connection to lie idle, in milliseconds. */
const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
} as const;
const SOCKET_MILLIS = 60_000;
const RETRY_MILLIS = 1_000;
const CATCH_UP_MILLIS = 500;
const STOP_MILLIS = 15_000;
const IDLE_POLL_MILLIS = 20;

interface AcceptanceOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly onProblem: (code: string) => void;
}

interface Opened {
  readonly ledger: Ledger;
  readonly processes: Processes;
  /** None where the role has no API. */
  readonly application: Application | undefined;
  /** Ends when the stores are not looked at any more. */
  readonly watched: Promise<void>;
}

/** Where others run the timers: what is due is found by them, within the time of their rounds. */
const ELSEWHERE: Processes = {
  nudge: () => undefined,
  held: () => new Map(),
  stop: () => Promise.resolve(),
};

/**
 * Listens at once; opens the ledger behind that. Until the restore gate is through and views have
 * caught up everything but health is 503, saying for what it waits. Stores that contradict each other
 * do not end the process: it stays, not ready, and tells the code.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const readiness = new Readiness();
  const metrics = new Metrics();
  const probes = new Probes(readiness, metrics, options.settings.role);
  const server = createServer(TIMEOUTS, probes.answer);
  server.setTimeout(SOCKET_MILLIS);
  const url = await listen(server, options.settings);
  const stopping = new AbortController();
  const running = new Running(options, readiness, metrics, stopping.signal);
  const opened = running.open(server, probes);
  return {
    url,
    settled: () => readiness.settled(),
    stop: async () => {
      readiness.become({ phase: 'stopping' });
      stopping.abort();
      await drain(server);
      await close(await opened);
    },
  };
}

class Running {
  constructor(
    private readonly options: ServerOptions,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly stopping: AbortSignal,
  ) {}

  /** Opens the ledger and everything over it; undefined where that did not come about. */
  async open(server: Server, probes: Probes): Promise<Opened | undefined> {
    const ledger = await this.#ledger(probes);
    if (ledger === undefined) return undefined;
    const { role } = this.options.settings;
    const processes = role === 'api' ? ELSEWHERE : startProcesses(ledger);
    try {
      this.metrics.watch(ledger, processes);
      this.readiness.become({ phase: 'catching-up', waitsFor: 'views' });
      const application =
        role === 'projector' ? undefined : await this.#application(server, ledger, processes);
      if (application !== undefined) probes.handOver(application.handler);
      await this.#catchUp(ledger);
      return { ledger, processes, application, watched: this.#watch(ledger) };
    } catch (error) {
      this.#broken(error);
      await processes.stop();
      await ledger.close();
      return undefined;
    }
  }

  async #application(server: Server, ledger: Ledger, processes: Processes): Promise<Application> {
    const cursorKey = await ledger.stores.vault.secrets.secret('cursor');
    const { log } = this.options;
    const standing = { ledger, processes, readiness: this.readiness, log, cursorKey };
    return buildApplication(server, standing, this.metrics);
  }

  /** An outage is waited for; a contradiction is for people. */
  async #ledger(probes: Probes): Promise<Ledger | undefined> {
    const { settings, log, clock = systemClock } = this.options;
    // A thread apart goes by the system's clock.
    const { projecting = clock === systemClock ? 'apart' : 'here' } = this.options;
    const onProblem = (code: string) => {
      log.problem(code);
      this.metrics.problem(code);
    };
    while (!this.stopping.aborted) {
      try {
        return await openLedger({ settings, what: 'server', onProblem, clock, projecting });
      } catch (error) {
        if (error instanceof LogRolledBack) {
          await this.#accepted(error, { settings, clock, onProblem }, probes);
          this.readiness.become({ phase: 'opening', waitsFor: 'the restore gate' });
          continue;
        }
        if (!(error instanceof Outage)) {
          this.#broken(error);
          return undefined;
        }
        onProblem(error.message);
        this.readiness.become({ phase: 'opening', waitsFor: error.message });
        await this.#pause();
      }
    }
    return undefined;
  }

  /** Waits until officers have accepted the log as it is, here or in another process. */
  async #accepted(
    rolledBack: LogRolledBack,
    { settings, clock, onProblem }: AcceptanceOptions,
    probes: Probes,
  ): Promise<void> {
    const acceptance = await LogAcceptance.open(settings, clock, onProblem);
    probes.handOver(answerAcceptance(acceptance));
    this.#broken(rolledBack);
    try {
      const { signed } = rolledBack;
      while (!this.stopping.aborted && !(await acceptance.isDone(signed))) await this.#pause();
    } finally {
      probes.handOver(undefined);
      await acceptance.close();
    }
  }

  #broken(error: unknown): void {
    const { log } = this.options;
    const code = brokenCode(error);
    if (isTold(error)) {
      log.problem(`${code}: ${error.message}`);
    } else {
      log.defect(error);
    }
    this.readiness.become({ phase: 'broken', code });
  }

  async #watch(ledger: Ledger): Promise<void> {
    const { readiness, stopping: signal } = this;
    try {
      await new StoresWatch({ ledger, readiness, signal }).run();
    } catch (error) {
      this.#broken(error);
    }
  }

  /** Views are behind after a start that follows a crash, or after an update of the program. */
  async #catchUp({ stores, projections }: Ledger): Promise<void> {
    const head = await stores.log.head();
    while (!this.stopping.aborted) {
      try {
        if (await projections.waitForAll(head, CATCH_UP_MILLIS)) {
          this.readiness.become({ phase: 'ready' });
          return;
        }
        const waitsFor = await behind(projections, head);
        this.readiness.become({ phase: 'catching-up', waitsFor });
      } catch (error) {
        if (!(error instanceof Outage)) throw error;
        this.readiness.become({ phase: 'catching-up', waitsFor: error.message });
        await this.#pause();
      }
    }
  }

  async #pause(): Promise<void> {
    await pause(RETRY_MILLIS, undefined, { signal: this.stopping }).catch(() => undefined);
  }
}

function brokenCode(error: unknown): string {
  if (error instanceof Outage) return 'outage';
  return error instanceof InvalidInput ? 'settings' : (errorCode(error) ?? 'defect');
}

/** Errors whose message says what to mend, and nothing of anybody. */
function isTold(error: unknown): error is Error {
  return [IntegrityError, Outage, InvalidInput].some((kind) => error instanceof kind);
}

/** Which views are behind, and why. */
async function behind(projections: Ledger['projections'], head: string): Promise<string> {
  const builds = (await projections.statuses()).map(({ build }) => build);
  const names = customerViews.flatMap(({ name }) => {
    const mine = builds.filter((build) => build.view === name);
    const parked = mine.find((build) => build.parked !== undefined)?.parked;
    if (parked !== undefined) return [`${name} (parked: ${parked.reason})`];
    const isBehind = mine.length === 0 || mine.some((build) => build.checkpoint < head);
    return isBehind ? [name] : [];
  });
  return `views: ${names.join(', ')}`;
}

function listen(server: Server, { host, port }: Settings): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      // A server that listens on a port has an address of this kind.
      const { port: bound } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${String(bound)}`);
    });
  });
}

/** Stops accepting; what was begun is finished, and connections go as they fall idle. */
async function drain(server: Server): Promise<void> {
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_POLL_MILLIS);
  const late = setTimeout(() => {
    server.closeAllConnections();
  }, STOP_MILLIS);
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  clearInterval(idle);
  clearTimeout(late);
}

async function close(opened: Opened | undefined): Promise<void> {
  if (opened === undefined) return;
  await opened.watched;
  await opened.application?.close();
  await opened.processes.stop();
  await opened.ledger.close();
}
