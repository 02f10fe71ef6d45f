import type { ReadPosition } from '@eventstore/db-client';

import { START, type Position } from '#kernel';

import type { Connections } from './connections.js';
import type { Names } from './names.js';
import { positionOf } from './positions.js';
import { allPage, type AllPage } from './reads.js';

/** The newest event is mostly among the last few. */
const FIRST_PAGE = 16;
const PAGE = 1_000;

/**
 * Where the ledger's newest event stands. `$all` is read backwards until one of the ledger's comes,
 * or up to where was looked before: only what others have written since is read again. In a database
 * that others fill and the ledger does not, the first look is long.
 */
export class Newest {
  readonly #connections: Connections;
  readonly #names: Names;
  #newest: Position = START;
  /** No event of the ledger stands behind {@link #newest} and up to here. */
  #lookedTo: Position = START;

  constructor(connections: Connections, names: Names) {
    this.#connections = connections;
    this.#names = names;
  }

  /** An event of the ledger was appended at a position. */
  appended(position: Position): void {
    this.#note(position, position);
  }

  async find(): Promise<Position> {
    let from: ReadPosition = 'end';
    let lookedTo: Position | undefined;
    for (let count = FIRST_PAGE; ; count = PAGE) {
      const asked: AllPage = { from, direction: 'backwards', count };
      const page = await this.#connections.call((connection) => allPage(connection, asked));
      for (const { event } of page) {
        if (event === undefined) continue;
        const position = positionOf(event.position);
        lookedTo ??= position;
        if (position <= this.#lookedTo) return this.#found(this.#newest, lookedTo);
        if (this.#names.isLedgers(event)) return this.#found(position, lookedTo);
        from = event.position;
      }
      if (page.length < count) return this.#found(this.#newest, lookedTo ?? START);
    }
  }

  #found(position: Position, lookedTo: Position): Position {
    this.#note(position, lookedTo);
    return this.#newest;
  }

  #note(position: Position, lookedTo: Position): void {
    if (position > this.#newest) this.#newest = position;
    if (lookedTo > this.#lookedTo) this.#lookedTo = lookedTo;
  }
}
