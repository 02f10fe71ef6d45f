import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

import { enginesOf, makeFolder, removeFolder } from '../engines/places.js';

/** What a run of the command line came to. */
export interface Ran {
  readonly code: number | null;
  /** What ended it, if it did not end by itself. */
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A folder for one test, with the built command line to run on it. */
export class Bench {
  constructor(readonly folder: string) {}

  static async make(): Promise<Bench> {
    return new Bench(await makeFolder('cli'));
  }

  /** Path of a file in the folder. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs `ledger` to its end. */
  run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return this.#ended(this.#start(args, environment));
  }

  /** Runs `ledger` until a condition holds, and then sends it a signal. */
  async runUntil(
    args: readonly string[],
    signal: NodeJS.Signals,
    holds: () => Promise<boolean>,
  ): Promise<Ran> {
    const child = this.#start(args, {});
    const ended = this.#ended(child);
    while (child.exitCode === null && !(await holds().catch(() => false))) await pause(5);
    child.kill(signal);
    return ended;
  }

  #start(args: readonly string[], environment: Readonly<Record<string, string>>) {
    return spawn(process.execPath, ['dist/apps/cli/main.js', ...args], {
      env: {
        PATH: process.env.PATH,
        LEDGER_DATA: this.path('data'),
        ...enginesOf(this.folder),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  #ended(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ran> {
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    return new Promise((resolve, reject) => {
      child.on('error', reject).on('close', (code, signal) => {
        resolve({ code, signal, out, err });
      });
    });
  }

  async remove(): Promise<void> {
    await removeFolder(this.folder);
  }
}
