import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { until } from '../../faults/support/until.js';

export type Environment = Readonly<Record<string, string>>;

const METRICS_MILLIS = 5_000;
const START_MILLIS = 90_000;

/** The built server in a process of its own. What is done to it is as if it happened to its machine. */
export class ServerProcess {
  #said = '';
  #wasKilled = false;

  private constructor(
    readonly role: 'api' | 'projector',
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    }
  }

  /** Starts it; resolves when it listens. */
  static async start(role: 'api' | 'projector', environment: Environment): Promise<ServerProcess> {
    const child = spawn(process.execPath, ['--enable-source-maps', 'dist/apps/ledger/main.js'], {
      env: { PATH: process.env.PATH, ...environment, PORT: '0', ROLE: role },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(role, child);
    await until('a server to listen', () => server.url !== '', START_MILLIS);
    return server;
  }

  /** Where it listens. */
  get url(): string {
    return /http:\/\/[^ ]+/.exec(this.#said)?.[0] ?? '';
  }

  /** How it ended, where nobody has ended it; undefined if all is well. */
  get endedByItself(): string | undefined {
    const { exitCode, signalCode } = this.child;
    if (this.#wasKilled || (exitCode === null && signalCode === null)) return undefined;
    return `${this.role} ended (${String(exitCode ?? signalCode)}): ${this.#said}`;
  }

  /** Defects that it has logged. */
  get defects(): readonly string[] {
    return this.#said.split('\n').filter((line) => line.includes('"msg":"defect"'));
  }

  /** Waits until it is ready. */
  async ready(): Promise<void> {
    let told = '';
    const isReady = async () => {
      if (this.endedByItself !== undefined) throw new Error(this.endedByItself);
      const response = await fetch(`${this.url}/health/ready`);
      told = await response.text();
      return response.ok;
    };
    try {
      await until('a server to be ready', isReady, START_MILLIS);
    } catch (error) {
      throw new Error(`a server is not ready: ${told}`, { cause: error });
    }
  }

  /** The leases whose work it does; undefined where it does not answer. */
  async leases(): Promise<readonly string[] | undefined> {
    try {
      const signal = AbortSignal.timeout(METRICS_MILLIS);
      const response = await fetch(`${this.url}/metrics`, { signal });
      const text = await response.text();
      return [...text.matchAll(/^ledger_lease_held\{lease="([^"]+)"\} 1$/gm)].map(
        ([, lease = '']) => lease,
      );
    } catch {
      return undefined;
    }
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Ends it, as a power failure would. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.#wasKilled = true;
    const ended = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await ended;
  }
}
