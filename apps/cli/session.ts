import { once } from 'node:events';

import type { Ledger } from '../composition/index.js';
import { openLedger, readSettings } from '../composition/index.js';
import type { Exit } from './exits.js';

/** One run of the command line: where it writes, and how it will end. */
export class Session {
  exit: Exit = 'ok';

  constructor(
    readonly environment: Readonly<Record<string, string | undefined>>,
    private readonly out: NodeJS.WritableStream,
    private readonly err: NodeJS.WritableStream,
  ) {}

  /** A line of the answer. */
  say(line: string): void {
    this.out.write(`${line}\n`);
  }

  /** Text as it is, resolved when the reader can take more. */
  async write(text: string): Promise<void> {
    if (!this.out.write(text)) await once(this.out, 'drain');
  }

  /** A value for a machine: one line of JSON. */
  json(value: unknown): void {
    this.say(JSON.stringify(value));
  }

  /** A line beside the answer: warnings, progress. */
  note(line: string): void {
    this.err.write(`${line}\n`);
  }

  /** A table for people: columns as wide as their widest cell. */
  table(rows: readonly (readonly string[])[]): void {
    const widths: number[] = [];
    for (const row of rows) {
      row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
    }
    for (const row of rows) {
      this.say(
        row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd(),
      );
    }
  }

  /**
   * Works with the ledger of the settings: opened through the restore gate, closed afterwards. An
   * empty folder is set up as the server would.
   */
  async withLedger<T>(what: string, work: (ledger: Ledger) => Promise<T>): Promise<T> {
    const ledger = await openLedger({
      settings: readSettings(this.environment),
      what,
      onProblem: (code) => {
        this.note(`ledger: ${code}`);
      },
    });
    try {
      return await work(ledger);
    } finally {
      await ledger.close();
    }
  }
}
