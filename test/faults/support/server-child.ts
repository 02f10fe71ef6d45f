import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isJsonObject } from '#kernel';
import type { JsonObject } from '#kernel';

import { environmentOf } from './folder.js';
import type { Environment } from './folder.js';
import { until } from './until.js';

/** An answer of the server. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: string;
  readonly body: JsonObject;
}

/** A field of a body that is a text. */
export function textIn(body: JsonObject, field: string): string {
  const value = body[field];
  if (typeof value !== 'string') throw new Error(`${field} is no text`);
  return value;
}

/** How a request differs from the usual. */
export interface Asked {
  readonly body?: object | string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The built server in a process of its own, and all that it has said. */
export class ServerChild {
  said = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.said += text));
  }

  /** Starts it, and waits until it is ready. */
  static async start(folder: string, more: Environment = {}): Promise<ServerChild> {
    const env = { PATH: process.env.PATH, PORT: '0', ...environmentOf(folder, more) };
    const child = spawn(process.execPath, ['dist/apps/ledger/main.js'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerChild(child, folder);
    await until('the server to be ready', async () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${server.said}`);
      return server.url !== undefined && (await server.#isReady());
    });
    return server;
  }

  /** Where it listens, once it does. */
  get url(): string | undefined {
    return /http:\/\/[^ ]+/.exec(this.said)?.[0];
  }

  /** Sends a request with the admin's token and a fresh Idempotency-Key, unless told otherwise. */
  async call(method: string, path: string, asked: Asked = {}): Promise<Answered> {
    const { body, key = randomUUID(), headers = {} } = asked;
    const token = await readFile(join(this.folder, 'data.secrets', 'admin-token.txt'), 'utf8');
    const sent = typeof body === 'object' ? JSON.stringify(body) : body;
    const response = await fetch(`${this.url ?? ''}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token.trim()}`,
        'processing-purpose': 'customer-register',
        'idempotency-key': key,
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const parsed: unknown = isJson ? JSON.parse(text) : {};
    return {
      status: response.status,
      text,
      headers: [...response.headers].map((header) => header.join(': ')).join('\n'),
      body: isJsonObject(parsed) ? parsed : {},
    };
  }

  /** Stops it gracefully, and waits until it has ended. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await ended;
  }

  async #isReady(): Promise<boolean> {
    const response = await fetch(`${this.url ?? ''}/health/ready`);
    await response.text();
    return response.ok;
  }
}
