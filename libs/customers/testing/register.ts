import { generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';

import { CommandHandler } from '#commands';
import type { Outcome } from '#commands';
import { SetClock, UnreliableLog } from '#commands/testing';
import { MemoryEventLog, MemoryStore } from '#event-log/memory';
import type { Instant, LedgerId, Position, RecordedEvent, Refusal, SubjectId } from '#kernel';
import { isRefusal, Outage, plusMillis, randomId, START } from '#kernel';
import { KeyCache, Opener, Sealer } from '#vault';
import type { Vault, VaultStore } from '#vault';
import { MemoryAnchor, memoryVault } from '#vault/memory';
import { ProjectionRunner, Search } from '#views';
import { MemoryViews, MemoryViewsStore } from '#views/memory';

import type { CustomerCommand } from '../commands.js';
import { customerDecider } from '../decider.js';
import { customerStream, subjectOf } from '../ids.js';
import type { CustomerPolicy } from '../policy.js';
import { ErasureRunner, LinkFollower, Shredder } from '../processes/index.js';
import type { Signer } from '../processes/index.js';
import {
  CustomerCommands,
  CustomerHistory,
  CustomerNumbers,
  CustomerReading,
  CustomersAsOf,
  CustomerSearch,
} from '../service/index.js';
import type { Asking, CustomerHandler, Registration, Role } from '../service/index.js';
import type { CustomerState } from '../state.js';
import { customerUpcasters } from '../upcasters.js';
import { customerViews } from '../views/index.js';
import { noting } from './calls.js';
import { openFor } from './opening.js';
import { CARE, NOW, policyWith } from './samples.js';

const CACHE_MILLIS = 60_000;
const DAY = 24 * 60 * 60 * 1000;
const WAIT_MILLIS = 10_000;

/** A signing key of a test's own. */
export class TestSigner implements Signer {
  readonly id = 'test-ledger';
  readonly #pair = generateKeyPairSync('ed25519');

  sign(bytes: Uint8Array): string {
    return sign(null, bytes, this.#pair.privateKey).toString('base64url');
  }

  verifies(bytes: Uint8Array, signature: string): boolean {
    return verify(null, bytes, this.#pair.publicKey, Buffer.from(signature, 'base64url'));
  }
}

/** A register in memory: stores that any number of processes share. Views move only when told. */
export class TestRegister {
  readonly clock = new SetClock(NOW);
  readonly ledger = randomId<LedgerId>();
  readonly logStore = new MemoryStore();
  readonly vaultStore: VaultStore = memoryVault(this.clock, this.ledger);
  readonly anchor = new MemoryAnchor(this.ledger);
  readonly signer = new TestSigner();
  readonly policy: CustomerPolicy = policyWith();
  viewsStore = new MemoryViewsStore();

  /** Another process, with caches of its own. */
  open(): TestProcess {
    return new TestProcess(this);
  }
}

/** One process on a register, put together as the product does. */
export class TestProcess {
  readonly name = randomUUID();
  readonly log: UnreliableLog;
  readonly views: MemoryViews;
  readonly vault: Vault;
  readonly keys: KeyCache;
  readonly opener: Opener;
  readonly handler: CustomerHandler;
  readonly commands: CustomerCommands;
  readonly reading: CustomerReading;
  readonly search: CustomerSearch;
  readonly history: CustomerHistory;
  readonly asOf: CustomersAsOf;
  readonly follower: LinkFollower;
  readonly shredder: Shredder;
  readonly runner: ErasureRunner;
  /** What was done to stores while keys were destroyed, in order. */
  readonly calls: string[] = [];
  readonly problems: string[] = [];
  /** What waiting comes to: passes the time, unless a test says otherwise. */
  pause: (millis: number) => Promise<void> = async (millis) => {
    this.clock.pass(millis);
  };

  /** The clock that is never set. */
  monotonic: () => number = () => Date.parse(this.clock.now());

  constructor(readonly register: TestRegister) {
    const { clock, ledger, logStore, vaultStore, policy } = register;
    const upcasters = customerUpcasters();
    this.log = new UnreliableLog(new MemoryEventLog(logStore));
    this.views = new MemoryViews(register.viewsStore);
    this.vault = noting('vault', vaultStore.vault, ['fence', 'destroy'], this.calls);
    this.keys = new KeyCache(vaultStore.vault, {
      ttlMillis: CACHE_MILLIS,
      maxKeys: 10_000,
      monotonic: () => Date.parse(clock.now()),
    });
    this.opener = new Opener(this.keys);
    this.handler = new CommandHandler({
      log: this.log,
      sealer: new Sealer(this.keys),
      opener: this.opener,
      upcasters,
      clock,
      deciderOf: (stream) => customerDecider(subjectOf(stream) ?? randomId(), policy),
    });
    this.commands = new CustomerCommands(
      ledger,
      this.handler,
      new CustomerNumbers(vaultStore, this.handler),
    );
    const shared = { log: this.log, views: this.views, opener: this.opener, policy, upcasters };
    this.reading = new CustomerReading(shared);
    this.search = new CustomerSearch(new Search(this.views, vaultStore.secrets), this.reading);
    this.history = new CustomerHistory(shared, this.reading);
    this.asOf = new CustomersAsOf(shared, this.reading);
    this.follower = new LinkFollower(this.handler, this.commands);
    this.shredder = this.#shredder();
    this.runner = new ErasureRunner({
      log: this.log,
      views: this.views,
      handler: this.handler,
      shredder: this.shredder,
      clock,
      onProblem: (code) => this.problems.push(code),
    });
  }

  get clock(): SetClock {
    return this.register.clock;
  }

  /** All events, or those after a position. */
  events(after: Position = START): Promise<readonly RecordedEvent[]> {
    return this.log.readAll(after, 100_000);
  }

  /** A customer of this process's own making, of whom only a name is known unless more is said. */
  async customer(asked: Partial<Registration> = {}): Promise<SubjectId> {
    const registration = { category: 'private', identity: { lastName: 'Berg' }, ...asked } as const;
    return granted(await this.commands.register(asks(), registration)).subject;
  }

  /** A command on one customer, which must not be refused. */
  async do(command: CustomerCommand, asking: Asking = asks()): Promise<Outcome> {
    return granted(await this.commands.on(asking, command));
  }

  /** What decisions about a customer rest on now. */
  stateOf(subject: SubjectId): Promise<CustomerState> {
    return this.handler.look(customerStream(subject), ({ state }) => structuredClone(state));
  }

  /** Folds everything that happened into the views. */
  async project(): Promise<void> {
    const { log, views } = this;
    const runner = new ProjectionRunner({
      log,
      views,
      clock: this.clock,
      definitions: customerViews,
      open: openFor(this.opener),
      secrets: this.register.vaultStore.secrets,
      lift: (event) => customerUpcasters().lift(event),
    });
    runner.start(1);
    const done = await runner.waitForAll(await log.head(), WAIT_MILLIS);
    await runner.stop();
    if (!done) throw new Error('the views do not come up');
  }

  /** Follows the links of all events, as the ledger does by itself. */
  async followLinks(after: Position = START): Promise<void> {
    for (;;) {
      const events = await this.events(after);
      const last = events.at(-1);
      if (last === undefined) return;
      for (const event of events) await this.follower.follow(event);
      after = last.position;
    }
  }

  /** Rounds of the erasure runner until nothing is due, the views following each. */
  async settle(): Promise<void> {
    await this.project();
    while ((await this.runner.round()) > 0) await this.project();
  }

  #shredder(): Shredder {
    const { register, calls, clock } = this;
    const { vaultStore } = register;
    return new Shredder({
      ledger: register.ledger,
      process: this.name,
      log: this.log,
      handler: this.handler,
      vault: this.vault,
      keys: noting('keys', this.keys, ['invalidate'], calls),
      reservations: noting('reservations', vaultStore.reservations, ['releaseByKeys'], calls),
      presence: vaultStore.presence,
      anchor: noting('anchor', register.anchor, ['recordDestroyed'], calls),
      signer: register.signer,
      clock,
      cacheMillis: CACHE_MILLIS,
      forgetInViews: async (position) => {
        calls.push('views.forget');
        await this.#forget(position);
      },
      unreadableInCopiesBy: async (now: Instant) => plusMillis(now, 60 * DAY),
      monotonic: () => this.monotonic(),
      pause: (millis) => this.pause(millis),
    });
  }

  async #forget(position: Position): Promise<void> {
    const parked = (await this.views.builds()).some((build) => build.parked !== undefined);
    if (parked) throw new Outage('views', 'not all of them have forgotten yet');
    await this.project();
    for (const { checkpoint } of await this.views.builds()) {
      if (checkpoint < position) throw new Outage('views', 'not all of them have forgotten yet');
    }
  }
}

/** Somebody who asks, with a key of its own for each asking. */
export function asks(role: Role = 'staff', more: Partial<Asking> = {}): Asking {
  return { account: role, role, purpose: CARE, source: 'staff', key: randomId(), ...more };
}

/** What came of it, where it was not refused. */
export function granted<T>(result: T | Refusal): T {
  if (isRefusal(result)) throw new Error(`refused: ${result.code}`);
  return result;
}
