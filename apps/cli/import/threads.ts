import type { RowOutcome } from '#customers';

import type { Failure } from '../exits.js';
import type { Row } from './recorder.js';

/** Rows for a recording thread, each with its number; the end of them where there are none. */
export type RowsGiven = readonly (readonly [number: number, row: Row])[];

/** What became of a row: its number, and its outcome or why it has none. */
export type RowTold = readonly [number: number, outcome: RowOutcome | FailedRow];

/** A row that could not be recorded now. */
export interface FailedRow {
  readonly failure: Failure;
}

export function isFailedRow(outcome: RowOutcome | FailedRow): outcome is FailedRow {
  return typeof outcome === 'object' && 'failure' in outcome;
}

/** Gathers what is ready in one turn of the event loop, and hands it on together. */
export function gathering<T>(handOn: (items: readonly T[]) => void): (item: T) => void {
  let items: T[] = [];
  return (item) => {
    if (items.length === 0) {
      setImmediate(() => {
        const ready = items;
        items = [];
        handOn(ready);
      });
    }
    items.push(item);
  };
}
