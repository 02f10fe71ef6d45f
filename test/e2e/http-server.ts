import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readSettings } from '../../apps/composition/index.js';
import { ServerLog } from '../../apps/ledger/log.js';
import { startServer } from '../../apps/ledger/server.js';
import type { RunningServer } from '../../apps/ledger/server.js';
import { enginesOf, makeFolder, removeFolder } from '../engines/places.js';

/** An answer, with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  readonly body: Body;
}

/** All that tests look at in bodies; which of it an answer has is what they find out. */
export interface Body {
  readonly id: string;
  readonly type: string;
  readonly code: string;
  readonly position: string;
  readonly cursor: string;
  readonly token: string;
  readonly case: string;
  readonly status: string;
  readonly registeredAt: string;
  readonly repeated: boolean;
  readonly count: number;
  readonly errors: unknown;
  readonly content: unknown;
  readonly forbidden: unknown;
  readonly goesNow: unknown;
  readonly linkedEntries: unknown;
  readonly possibleDuplicates: unknown;
  readonly receipts: unknown;
  readonly waits: unknown;
  readonly cases: readonly Body[];
  readonly customers: readonly Body[];
  readonly entries: readonly Body[];
  readonly events: readonly Body[];
  readonly parts: readonly Body[];
  readonly vouchers: readonly Body[];
  readonly paths: Readonly<Record<string, object>>;
  readonly values?: Readonly<
    Record<string, { readonly state: string; readonly value: Readonly<Record<string, unknown>> }>
  >;
}

/** How a request is made. */
export interface Call {
  readonly body?: unknown;
  readonly key?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server over an empty folder, with short timers, and a client of it. */
export class TestServer {
  readonly lines: string[] = [];

  private constructor(
    readonly folder: string,
    readonly running: RunningServer,
    lines: string[],
    readonly admin: string,
  ) {
    this.lines = lines;
  }

  static async start(
    more: Readonly<Record<string, string>> = {},
    folder?: string,
    projecting: 'here' | 'apart' = 'apart',
  ): Promise<TestServer> {
    const at = folder ?? (await makeFolder('http'));
    const lines: string[] = [];
    const log = new ServerLog('info', { write: (line: string) => void lines.push(line) });
    const running = await startServer({ settings: settingsFor(at, more), log, projecting });
    const phase = await running.settled();
    const admin =
      phase.phase === 'ready'
        ? (await readFile(join(at, 'data.secrets', 'admin-token.txt'), 'utf8')).trim()
        : '';
    return new TestServer(at, running, lines, admin);
  }

  /** Sends a request with a token, a purpose and a fresh Idempotency-Key, unless told otherwise. */
  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const { body, key = randomUUID(), token = this.admin, headers = {} } = call;
    const sent =
      body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(this.running.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'processing-purpose': 'customer-register',
        'idempotency-key': key,
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    // What the server says it is, a test may take it for, and fail.
    const read = JSON.parse(isJson ? text : '{}') as Body;
    return { status: response.status, headers: response.headers, text, body: read };
  }

  /** Registers a customer and waits until reads see it. */
  async registered(body: object = {}): Promise<{ id: string; position: string }> {
    const answer = await this.call('POST', '/api/customers', {
      body: { category: 'private', identity: { firstName: 'Aino', lastName: 'Virtanen' }, ...body },
    });
    const { id, position } = answer.body;
    await this.call('GET', `/api/customers/${id}?after=${position}`);
    return { id, position };
  }

  /** A token of a role. */
  async token(role: string): Promise<string> {
    const made = await this.call('POST', '/api/tokens', { body: { role, label: `test ${role}` } });
    return made.body.token;
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await removeFolder(this.folder);
  }
}

/** Settings with short timers in a folder of their own. */
export function settingsFor(folder: string, more: Readonly<Record<string, string>> = {}) {
  return readSettings({
    PORT: '0',
    LEDGER_DATA: join(folder, 'data'),
    LEDGER_KEY_CACHE_MS: '200',
    LEDGER_LEASE_MS: '600',
    LEDGER_TIMER_MS: '50',
    LEDGER_WAIT_MS: '5000',
    ...enginesOf(folder),
    ...more,
  });
}
