import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

import { errorCode } from '#kernel';

/** One answered request, as it is logged: the route's pattern, never the address or a header. */
export interface Answered {
  readonly id: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

/** The server's log: JSON lines on stdout. Nothing personal is ever handed to it. */
export class ServerLog {
  readonly #pino: Logger;

  constructor(level: string, destination: DestinationStream) {
    this.#pino = pino({ level, base: { pid: process.pid } }, destination);
  }

  answered(request: Answered): void {
    this.#pino.info(request);
  }

  /** Something of note, told by fields without personal data. */
  told(message: string, fields: Readonly<Record<string, string | number>> = {}): void {
    this.#pino.info(fields, message);
  }

  /** Could not be done now. @param code a short code without personal data */
  problem(code: string): void {
    this.#pino.warn({ code }, 'problem');
  }

  /** A defect: where it happened, and never its message, which may quote what it stumbled over. */
  defect(error: unknown): void {
    const name = error instanceof Error ? error.name : typeof error;
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const at = stack.split('\n').filter((line) => line.startsWith('    at '));
    this.#pino.error({ name, code: errorCode(error), at: at.slice(0, 8) }, 'defect');
  }

  /** Everything is written out. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#pino.flush(() => {
        resolve();
      });
    });
  }
}

/** Stdout, written as fast as it takes lines, without holding up requests. */
export function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: false });
}
