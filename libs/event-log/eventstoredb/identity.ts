import { ErrorType, type RecordedEvent as ClientsEvent } from '@eventstore/db-client';

import { canonicalBytes, IntegrityError, randomId, type EventId } from '#kernel';

import { objectAt } from '../recorded.js';
import type { Connections } from './connections.js';
import { hidden, kindOf } from './failures.js';
import type { Names } from './names.js';
import { streamPage } from './reads.js';

/** The ledger's id, kept as the only event of a stream that no ledger stream can be named as. */
export class Identity {
  readonly #connections: Connections;
  readonly #names: Names;

  constructor(connections: Connections, names: Names) {
    this.#connections = connections;
    this.#names = names;
  }

  async read(): Promise<string | undefined> {
    const { identity } = this.#names;
    const first = { from: 0n, direction: 'forwards', count: 1 } as const;
    try {
      const [read] = await this.#connections.call((connection) =>
        streamPage(connection, identity, first),
      );
      return idIn(read?.event);
    } catch (error) {
      if (kindOf(error) === ErrorType.STREAM_NOT_FOUND) return undefined;
      if (kindOf(error) === ErrorType.STREAM_DELETED) throw hidden(identity, 'was deleted');
      throw error;
    }
  }

  /**
   * Sets the id; who comes second finds the other's.
   * @param hasEvents whether the ledger has events
   * @throws IntegrityError `ledger-id-differs`, `ledger-id-missing`
   */
  async claim(ledgerId: string, hasEvents: () => Promise<boolean>): Promise<void> {
    if (isSame(await this.read(), ledgerId)) return;
    if (await hasEvents()) {
      throw new IntegrityError('ledger-id-missing', 'event-log: has events and no ledger id');
    }
    const event = {
      id: randomId<EventId>(),
      type: 'LedgerClaimed',
      metadata: canonicalBytes({}),
      data: canonicalBytes({ ledger: ledgerId }),
    };
    const append = { expected: 'no-stream', events: [event] } as const;
    try {
      await this.#connections.call(({ appends }) => appends.append(this.#names.identity, append));
    } catch (error) {
      if (kindOf(error) !== ErrorType.WRONG_EXPECTED_VERSION) throw error;
      isSame(await this.read(), ledgerId);
    }
  }
}

function idIn(event: ClientsEvent | undefined): string | undefined {
  if (event === undefined) throw hidden('_ledger', 'is truncated');
  const { ledger } = objectAt(event.data, 'ledger id');
  return typeof ledger === 'string' ? ledger : undefined;
}

/** @throws IntegrityError `ledger-id-differs` */
function isSame(standing: string | undefined, ledgerId: string): boolean {
  if (standing === undefined || standing === ledgerId) return standing !== undefined;
  throw new IntegrityError('ledger-id-differs', 'event-log: belongs to another ledger');
}
