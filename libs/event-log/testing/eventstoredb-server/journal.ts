import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';

import type { StoredRecord } from './records.js';

/** How a record lies in the file: bytes as base64, numbers as text. */
type Line = readonly {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly created: string;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: string;
  readonly metadata: string;
}[];

/**
 * A file that keeps what was written while the server's process is dead: one write a line, so that
 * a write is there or is not.
 */
export class Journal {
  readonly #file: string;
  readonly #loaded: readonly (readonly StoredRecord[])[];
  readonly #descriptor: number;

  constructor(file: string) {
    this.#file = file;
    this.#loaded = this.#read();
    this.#descriptor = openSync(file, 'a');
  }

  /** The writes of earlier lives, in order. */
  load(): readonly (readonly StoredRecord[])[] {
    return this.#loaded;
  }

  append(records: readonly StoredRecord[]): void {
    writeSync(this.#descriptor, `${JSON.stringify(records.map(lineOf))}\n`);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #read(): readonly (readonly StoredRecord[])[] {
    if (!existsSync(this.#file)) return [];
    const text = readFileSync(this.#file, 'utf8');
    // What a kill left unfinished was never acknowledged.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(this.#file, Buffer.byteLength(whole));
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as Line).map(recordOf));
  }
}

function lineOf(record: StoredRecord): Line[number] {
  return {
    ...record,
    position: String(record.position),
    revision: String(record.revision),
    data: Buffer.from(record.data).toString('base64'),
    metadata: Buffer.from(record.metadata).toString('base64'),
  };
}

function recordOf(line: Line[number]): StoredRecord {
  return {
    ...line,
    position: BigInt(line.position),
    revision: BigInt(line.revision),
    data: Buffer.from(line.data, 'base64'),
    metadata: Buffer.from(line.metadata, 'base64'),
  };
}
