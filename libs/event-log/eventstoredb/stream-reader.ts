import { ErrorType } from '@eventstore/db-client';

import type { RecordedEvent, StreamName } from '#kernel';

import { streamPages } from '../stream-pages.js';
import type { Connections } from './connections.js';
import { ledgerEvent } from './events.js';
import { hidden, isDenied, kindOf } from './failures.js';
import type { Names } from './names.js';
import { streamPage } from './reads.js';

const PAGE = 500;

/** Reads single streams, and refuses those of which something is hidden. */
export class StreamReader {
  readonly #connections: Connections;
  readonly #names: Names;

  constructor(connections: Connections, names: Names) {
    this.#connections = connections;
    this.#names = names;
  }

  pages(
    stream: StreamName,
    from: number,
    most?: number,
  ): AsyncGenerator<readonly RecordedEvent[], void, void> {
    const pageFrom = (next: number, rest: number) => this.#page(stream, next, Math.min(PAGE, rest));
    return streamPages(stream, from, pageFrom, PAGE, most);
  }

  async #page(stream: StreamName, from: number, count: number): Promise<readonly RecordedEvent[]> {
    const asked = { from: BigInt(from), direction: 'forwards', count } as const;
    const name = this.#names.stored(stream);
    try {
      const page = await this.#connections.call((connection) =>
        streamPage(connection, name, asked),
      );
      // A stream that exists has had a first event.
      if (page.length === 0 && from === 0) throw hidden(stream, 'is truncated');
      return page.flatMap(({ event }) => {
        const read = event === undefined ? undefined : ledgerEvent(this.#names, event);
        return read === undefined ? [] : [read];
      });
    } catch (error) {
      if (kindOf(error) === ErrorType.STREAM_DELETED) throw hidden(stream, 'was deleted');
      if (kindOf(error) !== ErrorType.STREAM_NOT_FOUND) throw error;
      await this.#refuseDeleted(stream, name);
      return [];
    }
  }

  /**
   * A stream that was deleted softly reads as one that never was. Only the metadata that the
   * deletion wrote tell them apart; the ledger writes none itself. Who may not read metadata is
   * where the default ACL is locked, and nobody may delete.
   */
  async #refuseDeleted(stream: StreamName, name: string): Promise<void> {
    const asked = { from: 'end', direction: 'backwards', count: 1 } as const;
    try {
      await this.#connections.call((connection) => streamPage(connection, `$$${name}`, asked));
    } catch (error) {
      if (kindOf(error) === ErrorType.STREAM_NOT_FOUND || isDenied(error)) return;
      throw error;
    }
    throw hidden(stream, 'was deleted');
  }
}
