import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer } from 'node:net';

/** A built server in a process of its own. */
export interface Served {
  readonly url: string;
  readonly token: string;
  stop(): Promise<void>;
}

/** As `npm start` has them. */
const NODE_OPTIONS = ['--enable-source-maps', '--max-semi-space-size=64'];

/** Starts the built server on a folder, and waits until it is ready. */
export async function serve(folder: string): Promise<Served> {
  const port = await freePort();
  const data = join(folder, 'served');
  const child = spawn(process.execPath, [...NODE_OPTIONS, 'dist/apps/ledger/main.js'], {
    env: { PATH: process.env.PATH, PORT: String(port), LEDGER_DATA: data, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${String(port)}`;
  await untilReady(url, child);
  const token = (await readFile(join(`${data}.secrets`, 'admin-token.txt'), 'utf8')).trim();
  return {
    url,
    token,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error('the server ended before it was ready');
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    await pause(100);
  }
  throw new Error('the server did not become ready');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
