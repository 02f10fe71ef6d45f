import { join } from 'node:path';

import type { Ledger, OpenOptions, Processes, Settings } from '../../../apps/composition/index.js';
import { openLedger, readSettings, startProcesses } from '../../../apps/composition/index.js';
import { enginesOf, makeFolder, removeFolder } from '../../engines/places.js';

/** Short times: what a ledger waits for in hours or seconds, it waits for in milliseconds. */
export const SHORT_TIMES = {
  LEDGER_KEY_CACHE_MS: '150',
  LEDGER_LEASE_MS: '300',
  LEDGER_TIMER_MS: '30',
  LEDGER_WAIT_MS: '5000',
} as const;

/**
 * How long an EventStoreDB may take where one runs for the test, and how long keys that a vault on a
 * server gave are kept: beside other suites a machine can be so busy that shorter times are too short
 * for an answer, and no test here is about them.
 */
const PATIENCE = { EVENTSTOREDB_TIMEOUT_MS: '15000', LEDGER_KEY_CACHE_MS: '500' };

export type Environment = Readonly<Record<string, string>>;

/** The settings of a ledger in a test's folder, as a child process is given them. */
export function environmentOf(folder: string, more: Environment = {}): Environment {
  const engines = enginesOf(folder);
  const hasServer = (engines.EVENTSTOREDB_URL ?? '') !== '';
  const patience = hasServer ? PATIENCE : {};
  return { LEDGER_DATA: join(folder, 'data'), ...SHORT_TIMES, ...engines, ...patience, ...more };
}

export function settingsOf(folder: string, more: Environment = {}): Settings {
  return readSettings(environmentOf(folder, more));
}

/** Runs work in a folder of its own, which is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeFolder('faults');
  try {
    return await work(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** A ledger at work: opened, with its projections and timers. */
export interface Working {
  readonly ledger: Ledger;
  readonly processes: Processes;
  /** Codes of what could not be done at once. */
  readonly problems: readonly string[];
  stop(): Promise<void>;
}

/** Opens a ledger and starts what runs beside the answering of requests. */
export async function startWorking(
  folder: string,
  options: Partial<Omit<OpenOptions, 'settings'>> & { readonly more?: Environment } = {},
): Promise<Working> {
  const { more, ...rest } = options;
  const problems: string[] = [];
  const ledger = await openLedger({
    settings: settingsOf(folder, more),
    what: 'test',
    onProblem: (code) => void problems.push(code),
    ...rest,
  });
  const processes = startProcesses(ledger);
  const stop = async () => {
    await processes.stop();
    await ledger.close();
  };
  return { ledger, processes, problems, stop };
}

/** Starts a ledger for the time of some work. */
export async function whileWorking<T>(
  folder: string,
  work: (working: Working) => Promise<T>,
  options: Parameters<typeof startWorking>[1] = {},
): Promise<T> {
  const working = await startWorking(folder, options);
  try {
    return await work(working);
  } finally {
    await working.stop();
  }
}

/** Runs work on a started ledger in a folder of its own. */
export async function inLedger<T>(
  work: (working: Working, folder: string) => Promise<T>,
  options: Parameters<typeof startWorking>[1] = {},
): Promise<T> {
  return inFolder((folder) => whileWorking(folder, (working) => work(working, folder), options));
}
