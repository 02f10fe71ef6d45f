import type { CustomerRow, ImportMap, InvoiceRow, RowIds, RowOutcome } from '#customers';
import { CustomerNumbers, RealAttempts, RowRecorder, TrialAttempts } from '#customers';

import type { Ledger } from '../../composition/index.js';

/** A row of a file as fields of the register. */
export type Row = CustomerRow | InvoiceRow;

/** Brings rows into the ledger; rows of one customer in the order in which they are given. */
export interface Recorder {
  /** @throws Outage where a store is out: the import may be run again, and goes on */
  record(row: Row): Promise<RowOutcome>;
  /** Ends when nothing of it is under way any more. */
  close(): Promise<void>;
}

/** Records on this thread. @param isTrial writes nothing, and reports the same */
export function recorderOver(
  { handler, opener, policy, clock, stores }: Ledger,
  map: ImportMap,
  ids: RowIds,
  isTrial: boolean,
): Recorder {
  const numbers = new CustomerNumbers(stores.vault, handler);
  const recorder = new RowRecorder({
    handler,
    attempts: isTrial
      ? new TrialAttempts({ handler, numbers, opener, policy, clock })
      : new RealAttempts(handler, numbers),
    ids,
    source: map.source,
    customerSource: map.kind === 'invoices' ? map.customer.source : map.source,
  });
  return { record: (row) => recorder.record(row), close: () => Promise.resolve() };
}
