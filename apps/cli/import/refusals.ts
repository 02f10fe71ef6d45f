import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

import { errorCode, InvalidInput } from '#kernel';

/** A row that was not taken: where it is and why. Never what it says. */
export interface RefusedRow {
  readonly line: number;
  readonly column?: string | undefined;
  readonly reason: string;
}

/** Where refused rows are written, as they come. */
export interface RefusalReport {
  add(row: RefusedRow): void;
  close(): Promise<void>;
}

/** A report as CSV: line, column, reason. @throws InvalidInput where it cannot be written */
export function reportFile(path: string): RefusalReport {
  const file = createWriteStream(path, { flags: 'w', mode: 0o600 });
  let failure: unknown;
  file.on('error', (error) => (failure = error));
  file.write('line,column,reason\n');
  return {
    add: ({ line, column = '', reason }) => {
      file.write(`${String(line)},${quoted(column)},${reason}\n`);
    },
    close: async () => {
      file.end();
      await finished(file).catch(() => undefined);
      if (failure !== undefined) {
        const code = errorCode(failure) ?? 'unknown';
        throw new InvalidInput('--report', 'unwritable', `cannot be written (${code})`);
      }
    },
  };
}

/** A report for people. */
export function reportLines(note: (line: string) => void): RefusalReport {
  return {
    add: ({ line, column, reason }) => {
      const where = column === undefined ? '' : `, column ${column}`;
      note(`refused: line ${String(line)}${where}: ${reason}`);
    },
    close: () => Promise.resolve(),
  };
}

function quoted(text: string): string {
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
