import { randomUUID } from 'node:crypto';

import { Tokens } from '#access';
import { mayReceive, mayUseRestricted, processes } from '#accountability';
import type { RegisterDefinition } from '#accountability';
import type { CustomerHandler, CustomerPolicy } from '#customers';
import {
  CustomerCommands,
  customerDecider,
  CustomerHistory,
  CustomerNumbers,
  CustomerReading,
  CustomersAsOf,
  CustomerSearch,
  customerViews,
  subjectOf,
} from '#customers';
import type { Clock, LedgerId, Upcasters } from '#kernel';
import { IntegrityError, systemClock } from '#kernel';
import { financialYearEnd, isMonthDay } from '#law';
import type { Notes, RotationSettings } from '#vault';
import { KeyCache, Opener, Sealer } from '#vault';
import type { GateReport } from '#restore-gate';
import { Search } from '#views';
import type { Projections } from '#views';

import { declareRegister } from './declarations.js';
import type { Evidence } from './evidence.js';
import { evidenceOver } from './evidence.js';
import { identify } from './first-start.js';
import { runGate } from './gate.js';
import type { HandlerOf } from './handlers.js';
import { handlersOver } from './handlers.js';
import { assertHere } from './migration/mark.js';
import { Presence } from './presence.js';
import { FENCED, runnerOver } from './projecting.js';
import { assertNotRolledBack, originOf } from './rolled-back.js';
import type { SigningKeys } from './signing-keys.js';
import { openSigner } from './signing-keys.js';
import type { Settings } from './settings.js';
import type { Stores } from './stores.js';
import { openStores } from './stores.js';
import { ThreadedProjections } from './threaded-projections.js';
import { upcastersOfAll } from './upcasters.js';
import { authorityOfSettings } from './timestamp-authority.js';
import { policyOfSettings } from './witness-policy.js';

/** How a process opens a ledger. */
export interface OpenOptions {
  readonly settings: Settings;
  /** What the process is, for people: `server`, `import`. */
  readonly what: string;
  readonly clock?: Clock;
  /**
   * Where views are projected, if this process does it: on the thread that opens the ledger (the
   * default), or on one apart, which goes by the system's clock. A server has better to do.
   */
  readonly projecting?: 'here' | 'apart';
  /** How many keys are kept for the next use. Default 50,000. */
  readonly cachedKeys?: number;
  /** Told of what could not be done now and is tried again: a short code, no data. */
  readonly onProblem?: (code: string) => void;
}

/** A ledger as one process has it open: past the restore gate, ready to read and write. */
export interface Ledger {
  readonly id: LedgerId;
  readonly settings: Settings;
  readonly clock: Clock;
  /** Name of this process among those that share the stores. */
  readonly process: string;
  readonly stores: Stores;
  readonly keys: KeyCache;
  readonly opener: Opener;
  readonly upcasters: Upcasters;
  readonly definition: RegisterDefinition;
  readonly policy: CustomerPolicy;
  readonly handlerOf: HandlerOf;
  readonly handler: CustomerHandler;
  readonly commands: CustomerCommands;
  readonly reading: CustomerReading;
  readonly search: CustomerSearch;
  readonly history: CustomerHistory;
  readonly asOf: CustomersAsOf;
  readonly tokens: Tokens;
  readonly projections: Projections;
  readonly signer: SigningKeys;
  readonly evidence: Evidence;
  readonly rotation: RotationSettings;
  /** What the restore gate found on opening. */
  readonly gate: GateReport;
  onProblem(code: string): void;
  close(): Promise<void>;
}

const DEFAULTS = {
  cachedKeys: 50_000,
  projecting: 'here',
  onProblem: () => undefined,
} as const;

/**
 * Opens a ledger: sets it up on an empty folder, and takes it through the restore gate otherwise.
 * @throws IntegrityError where stores contradict each other; Outage where one does not answer
 */
export async function openLedger(options: OpenOptions): Promise<Ledger> {
  const { settings, clock = systemClock, onProblem = DEFAULTS.onProblem } = options;
  const stores = await openStores(settings, clock, onProblem);
  try {
    return await assemble(stores, { ...DEFAULTS, clock, ...options });
  } catch (error) {
    await stores.close();
    throw error;
  }
}

async function assemble(stores: Stores, options: Required<OpenOptions>): Promise<Ledger> {
  const { settings, clock, onProblem } = options;
  const { log, vault, views } = stores;
  const tokens = new Tokens(vault.credentials, clock);
  await assertHere(vault.notes);
  const id = await identify({
    ...stores,
    finish: async () => {
      await openSigner(stores.folder, settings.origin, true);
      await firstToken(stores, tokens);
    },
  });
  const origin = await originOf(stores.anchor, settings);
  await assertNotRolledBack(stores, origin);
  await assertKekThere(stores);
  await views.claim(id);
  await stores.tree.claim(id);
  await renewViewsAhead(stores);
  const signer = await openSigner(stores.folder, origin, false);
  const keys = new KeyCache(vault.vault, {
    ttlMillis: settings.cacheMillis,
    maxKeys: options.cachedKeys,
  });
  const process = randomUUID();
  const presence = new Presence(vault.presence, process, {
    ...options,
    staleMillis: vault.staleMillis,
  });
  await beginHere(presence, vault.notes);
  const opener = new Opener(keys);
  const upcasters = upcastersOfAll();
  const handlerOf = handlersOver({ log, sealer: new Sealer(keys), opener, upcasters, clock });
  const policy = await policyOfSettings(settings);
  const authority = await authorityOfSettings(settings);
  const evidence = evidenceOver({ id, ...stores, keys: signer, handlerOf, policy, authority });
  for (const one of await stores.anchor.restored()) await evidence.record.addRestored(one);
  const { definition, notice } = await declareRegister(id, handlerOf);
  const customers = policyOf(definition, notice);
  const handler: CustomerHandler = handlerOf((stream) => {
    const subject = subjectOf(stream);
    if (subject === undefined) throw new IntegrityError('stream-kind', 'is no customer stream');
    return customerDecider(subject, customers);
  });
  const gate = await runGate({ ...stores, process, clock, handler, settings });
  const commands = new CustomerCommands(id, handler, new CustomerNumbers(vault, handler));
  const shared = { log, views, opener, policy: customers, upcasters };
  const reading = new CustomerReading(shared);
  const projections = projectionsOf(stores, options, opener);
  return {
    id,
    settings,
    clock,
    process,
    stores,
    keys,
    opener,
    upcasters,
    definition,
    policy: customers,
    handlerOf,
    handler,
    commands,
    reading,
    search: new CustomerSearch(new Search(views, vault.secrets), reading),
    history: new CustomerHistory(shared, reading),
    asOf: new CustomersAsOf(shared, reading),
    tokens,
    projections,
    signer,
    evidence,
    rotation: {
      intervalMillis: settings.kekIntervalMillis,
      backupMillis: settings.backupMillis,
    },
    gate,
    onProblem,
    close: async () => {
      await projections.close();
      keys.clear();
      await presence.end();
      await stores.close();
    },
  };
}

function projectionsOf(
  stores: Stores,
  options: Required<OpenOptions>,
  opener: Opener,
): Projections {
  const { settings, clock, onProblem, projecting } = options;
  if (projecting === 'apart') return new ThreadedProjections({ settings, stores, onProblem });
  const onFenced = () => {
    onProblem(FENCED);
  };
  return runnerOver(stores, { clock, opener, onFenced });
}

/** Whoever closes this place sees either the process, or has left its mark before that. */
async function beginHere(presence: Presence, notes: Notes): Promise<void> {
  await presence.begin();
  try {
    await assertHere(notes);
  } catch (error) {
    await presence.end();
    throw error;
  }
}

/**
 * An old copy of the vault may name a KEK that was destroyed since: it opens nothing, and nothing
 * could be sealed under it.
 */
async function assertKekThere({ vault, keks }: Stores): Promise<void> {
  const named = (await vault.rotation.kekStatus()).find(({ state }) => state === 'current');
  const isThere = (await keks.list()).some(({ id }) => id === named?.id);
  if (!isThere)
    throw new IntegrityError('kek-missing', 'the KEK that the vault names is not there');
}

/**
 * A log that was put back may be shorter than what views have seen of it. They are made anew; that is
 * begun before anything is appended, which would hide it.
 */
async function renewViewsAhead({ log, views }: Stores): Promise<void> {
  const head = await log.head();
  const ahead = (await views.builds()).filter(({ checkpoint }) => checkpoint > head);
  for (const view of customerViews) {
    if (ahead.some((build) => build.view === view.name)) await views.begin(view);
  }
}

/** The first admin token: in a file that its owner alone may read. Repeated, it takes its place. */
async function firstToken(stores: Stores, tokens: Tokens): Promise<void> {
  const label = 'first start';
  for (const before of await tokens.list()) {
    if (before.label === label) await tokens.revoke(before.id);
  }
  const { token } = await tokens.create('admin', label);
  await stores.folder.write('admin-token.txt', `${token}\n`);
}

function policyOf(definition: RegisterDefinition, notice: number): CustomerPolicy {
  const yearEnd = definition.financialYearEnd;
  if (!isMonthDay(yearEnd)) throw new IntegrityError('definition', 'the financial year has no end');
  return {
    notice,
    processes: (purpose, category) => processes(definition, purpose, category),
    mayReceive: (purpose, recipient) => mayReceive(definition, purpose, recipient),
    mayUseRestricted: (purpose) => mayUseRestricted(definition, purpose),
    financialYearOf: (date) => financialYearEnd(date, yearEnd),
  };
}
