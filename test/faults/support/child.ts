import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { isJsonObject } from '#kernel';
import type { JsonObject } from '#kernel';

import { environmentOf } from './folder.js';
import type { Environment } from './folder.js';
import { until } from './until.js';

/** How a child ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly JsonObject[];
  readonly err: string;
}

/** A built support program in a process of its own; every line that it writes is a JSON object. */
export class Child {
  readonly lines: JsonObject[] = [];
  readonly ended: Promise<Ended>;
  #err = '';

  private constructor(private readonly child: ChildProcessByStdio<Writable, Readable, Readable>) {
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      const said: unknown = JSON.parse(line);
      if (isJsonObject(said)) this.lines.push(said);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#err += text));
    this.ended = this.#end();
  }

  /** Starts `dist/test/faults/<program>.js` on a folder, which is its first argument. */
  static start(
    program: string,
    folder: string,
    args: readonly string[] = [],
    more: Environment = {},
  ): Child {
    const path = `dist/test/faults/${program}.js`;
    const child = spawn(process.execPath, ['--enable-source-maps', path, folder, ...args], {
      env: { PATH: process.env.PATH, ...environmentOf(folder, more) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => undefined);
    return new Child(child);
  }

  /** Writes a line that the program reads. */
  tell(line: object): void {
    this.child.stdin.write(`${JSON.stringify(line)}\n`);
  }

  /** Waits for a line that has a field, and gives the field. */
  async said<T>(field: string, from = 0): Promise<T> {
    const line = await until(`the child to say ${field}`, () => {
      const found = this.lines.slice(from).find((one) => field in one);
      if (found === undefined && this.child.exitCode !== null) {
        throw new Error(`the child ended before it said ${field}: ${this.#err}`);
      }
      return found;
    });
    return line[field] as T;
  }

  /** How it ended, if it has. */
  get exited(): string | undefined {
    const { exitCode, signalCode } = this.child;
    return exitCode === null && signalCode === null ? undefined : this.#err || String(exitCode);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  async #end(): Promise<Ended> {
    const [code, signal] = (await once(this.child, 'close')) as [
      number | null,
      NodeJS.Signals | null,
    ];
    return { code, signal, lines: this.lines, err: this.#err };
  }
}
