import type { Columns, ImportMap, RowOutcome, RowProblem } from '#customers';
import {
  bindColumns,
  customerRows,
  IMPORT_SECRET,
  invoiceRows,
  isProblem,
  RowIds,
  SeenRows,
} from '#customers';
import { InvalidInput } from '#kernel';

import type { Ledger } from '../../composition/index.js';
import type { CsvRow } from './csv-rows.js';
import { csvRows } from './csv-rows.js';
import type { FileForm } from './file-form.js';
import type { Progress } from './progress.js';
import { RecorderPool } from './recorder-pool.js';
import type { Recorder, Row } from './recorder.js';
import { recorderOver } from './recorder.js';
import type { RefusalReport } from './refusals.js';

/** What an import works with. */
export interface Importing {
  readonly ledger: Ledger;
  /** The settings that the ledger was opened with. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly path: string;
  readonly form: FileForm;
  readonly map: ImportMap;
  /** Writes nothing, and reports the same. */
  readonly isTrial: boolean;
  readonly report: RefusalReport;
  readonly progress: Progress;
  /** Stops taking rows; those under way are finished. */
  readonly signal: AbortSignal;
}

/** What an import came to. */
export interface Totals {
  rows: number;
  /** Rows that the ledger took: new ones and changed ones. */
  taken: number;
  changed: number;
  unchanged: number;
  refused: number;
  /** Headers of columns of which nothing was taken. */
  leftOut: readonly string[];
  interrupted: boolean;
}

/** Rows that share fsyncs: more fill memory and bring nothing. */
const IN_FLIGHT = 2_000;
/** Where a file has fewer rows, the threads' start costs more than they bring. */
const ROWS_FOR_THREADS = 5_000;
const TOLD_EVERY = 250;

type Read = (cells: readonly string[]) => Row | RowProblem;
type Told = RowOutcome | Promise<RowOutcome>;

/**
 * Imports a file. Many rows are under way at once; they are begun, and told, in the order of the
 * file, so that one customer's rows are recorded in that order too.
 */
export async function runImport(importing: Importing): Promise<Totals> {
  const { ledger, path, form, map, signal } = importing;
  const ids = new RowIds(await ledger.stores.vault.secrets.secret(IMPORT_SECRET));
  try {
    const rows = csvRows(path, form);
    const columns = bindColumns(map, await headersOf(rows));
    const recorder = recorderFor(importing, ids);
    try {
      const taking = new Taking(importing, ids, readerOf(map, columns), recorder);
      for await (const row of rows) {
        if (signal.aborted) break;
        await taking.take(row);
      }
      const totals = await taking.end();
      return { ...totals, leftOut: columns.leftOut, interrupted: signal.aborted };
    } finally {
      await recorder.close();
    }
  } finally {
    ids.clear();
  }
}

/** A trial remembers what it would have done, so it stays on one thread. */
function recorderFor(
  { ledger, environment, map, form, isTrial }: Importing,
  ids: RowIds,
): Recorder {
  return isTrial || form.lines < ROWS_FOR_THREADS
    ? recorderOver(ledger, map, ids, isTrial)
    : new RecorderPool(map, environment);
}

/** Takes rows, a window of them at a time. */
class Taking {
  readonly #window: { line: number; told: Told }[] = [];
  readonly #rows = new SeenRows();
  readonly #numbers = new SeenRows();
  readonly #totals = { rows: 0, taken: 0, changed: 0, unchanged: 0, refused: 0 };

  constructor(
    private readonly with_: Importing,
    private readonly ids: RowIds,
    private readonly read: Read,
    private readonly recorder: Recorder,
  ) {}

  async take(row: CsvRow): Promise<void> {
    if (this.#window.length >= IN_FLIGHT) await this.#tellOldest();
    const told = 'problem' in row ? { problem: row.problem } : this.#begin(row.cells);
    // Its turn comes later: until then a fault must not count as nobody's.
    if (told instanceof Promise) told.catch(() => undefined);
    this.#window.push({ line: row.line, told });
  }

  async end(): Promise<Omit<Totals, 'leftOut' | 'interrupted'>> {
    while (this.#window.length > 0) await this.#tellOldest();
    this.with_.progress.update(this.#totals.rows);
    return this.#totals;
  }

  #begin(cells: readonly string[]): Told {
    const row = this.read(cells);
    if (isProblem(row)) return row;
    const { map } = this.with_;
    if (!this.#rows.add(this.ids.row(map.kind, map.source, row.key))) {
      return { problem: 'key-twice' };
    }
    const number = row.kind === 'customers' ? row.identity.customerNumber : undefined;
    if (number !== undefined && !this.#numbers.add(this.ids.value('customer-number', number))) {
      return { problem: 'customer-number-in-use' };
    }
    return this.recorder.record(row);
  }

  async #tellOldest(): Promise<void> {
    const oldest = this.#window.shift();
    if (oldest === undefined) return;
    const outcome = await oldest.told;
    const totals = this.#totals;
    totals.rows++;
    if (totals.rows % TOLD_EVERY === 0) this.with_.progress.update(totals.rows);
    if (typeof outcome === 'object') {
      totals.refused++;
      const { problem, column } = outcome;
      this.with_.report.add({ line: oldest.line, column, reason: problem });
      return;
    }
    if (outcome === 'unchanged') totals.unchanged++;
    else totals.taken++;
    if (outcome === 'changed') totals.changed++;
  }
}

async function headersOf(rows: AsyncGenerator<CsvRow>): Promise<readonly string[]> {
  const first = await rows.next();
  if (first.done === true || 'problem' in first.value) {
    throw new InvalidInput('FILE', 'headers', 'has no first row with the names of its columns');
  }
  return first.value.cells.map((header) => header.trim());
}

function readerOf(map: ImportMap, columns: Columns): Read {
  switch (map.kind) {
    case 'customers':
      return customerRows(map, columns);
    case 'invoices':
      return invoiceRows(map, columns);
  }
}
