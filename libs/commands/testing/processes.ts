import { MemoryEventLog, MemoryStore } from '#event-log/memory';
import type { CommandId, Draft, JsonObject, LedgerId, StreamName, SubjectId } from '#kernel';
import { isRefusal, Outage, randomId, streamName, Upcasters, uuidAs } from '#kernel';
import { KeyCache, Opener, Sealer } from '#vault';
import type { Vault, VaultStore } from '#vault';
import { memoryVault } from '#vault/memory';

import { CommandHandler } from '../command-handler.js';
import type { CommandRequest, Outcome } from '../request.js';
import type { Diary, DiaryCommand } from './diary.js';
import { diaryOf } from './diary.js';
import { SetClock } from './set-clock.js';
import { UnreliableLog } from './unreliable-log.js';

const PREFIX = 'diary-';

/** One process at work on the stores. */
export interface Process {
  readonly log: UnreliableLog;
  readonly keys: KeyCache;
  readonly opener: Opener;
  readonly handler: CommandHandler<DiaryCommand, Draft, Diary>;
}

/** Stores in memory that any number of processes share. */
export class SharedStores {
  readonly clock = new SetClock();
  readonly ledger: LedgerId = randomId<LedgerId>();
  readonly vault: VaultStore = memoryVault(this.clock, this.ledger);
  /** While set, no key can be had that is not in a cache. */
  vaultIsOut = false;
  readonly #store = new MemoryStore();

  /** Streams of fewer events are folded anew for each command. */
  shortStream = 1;

  /** Another process, with caches of its own. */
  open(): Process {
    return this.openOver(this);
  }

  /** A process with these stores' vault and the log of others: as if that vault had been lost. */
  openOver(logOf: SharedStores): Process {
    const log = new UnreliableLog(new MemoryEventLog(logOf.#store));
    const keys = new KeyCache(this.#keysOrOutage(), { ttlMillis: 60_000, maxKeys: 1000 });
    const opener = new Opener(keys);
    const handler = new CommandHandler<DiaryCommand, Draft, Diary>({
      log,
      sealer: new Sealer(keys),
      opener,
      upcasters: new Upcasters(),
      clock: this.clock,
      shortStream: this.shortStream,
      deciderOf: (stream) => diaryOf(uuidAs<SubjectId>(stream.slice(PREFIX.length), 'stream')),
    });
    return { log, keys, opener, handler };
  }

  #keysOrOutage(): Pick<Vault, 'provision' | 'unwrap'> {
    const { vault } = this.vault;
    const reachable = () => {
      if (this.vaultIsOut) throw new Outage('vault', 'does not answer');
    };
    return {
      provision: async (wanted) => {
        reachable();
        return vault.provision(wanted);
      },
      unwrap: async (keys) => {
        reachable();
        return vault.unwrap(keys);
      },
    };
  }
}

/** The stream of a person's diary. */
export function diaryStream(subject: SubjectId): StreamName {
  return streamName(PREFIX + subject);
}

/** A command on a diary, with what the caller asked for as its content. */
export function asking(
  subject: SubjectId,
  command: DiaryCommand,
  more: Partial<CommandRequest<DiaryCommand>> = {},
): CommandRequest<DiaryCommand> {
  return {
    stream: diaryStream(subject),
    id: randomId<CommandId>(),
    command,
    content: JSON.parse(JSON.stringify(command)) as JsonObject,
    actor: 'account',
    purpose: 'customer-relationship',
    source: 'staff',
    ...(command.do === 'add' ? { needs: [{ subject, category: 'contact' as const }] } : {}),
    ...more,
  };
}

/** What a command came to, where it was not refused. */
export function outcomeOf(result: Awaited<ReturnType<Process['handler']['handle']>>): Outcome {
  if (isRefusal(result)) throw new Error(`refused: ${result.code}`);
  return result;
}
