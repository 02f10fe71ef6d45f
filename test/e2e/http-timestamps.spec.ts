import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { parseCheckpoint } from '#evidence';
import { describeWithOpenssl, OpensslAuthority, TimestampServer } from '#evidence/testing';

import { Bench } from '../cli/cli.js';
import { makeFolder } from '../engines/places.js';
import { until } from '../faults/support/until.js';
import { TestServer } from './http-server.js';

const LIMIT = 60_000;
const run = promisify(execFile);

interface Status {
  readonly checkpoint: { readonly size: number } | null;
  readonly timestamp: {
    readonly authority: string;
    readonly size: number | null;
    readonly at: string | null;
    readonly ageMillis: number | null;
    readonly chain: string | null;
  } | null;
}

async function statusOf(of: TestServer): Promise<Status> {
  return JSON.parse((await of.call('GET', '/api/evidence')).text) as Status;
}

async function stampedBy(of: TestServer): Promise<NonNullable<Status['timestamp']>> {
  return until('a timestamp', async () => {
    const { timestamp } = await statusOf(of);
    return timestamp?.size === null ? undefined : (timestamp ?? undefined);
  });
}

describeWithOpenssl('a checkpoint that an authority outside stamps', () => {
  let folder: string;
  let openssl: OpensslAuthority;
  let authority: TimestampServer;
  let isDamaged = false;
  const started: TestServer[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledger-stamped-'));
    openssl = await OpensslAuthority.make();
    authority = await TimestampServer.start(async (query) => {
      const body = await openssl.reply(query);
      return { body: isDamaged ? body.subarray(0, -1) : body };
    });
  }, LIMIT);
  afterEach(async () => {
    isDamaged = false;
    for (const server of started.splice(0)) await server.stop();
  }, LIMIT);
  afterAll(async () => {
    await authority.stop();
    await openssl.remove();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(more: Readonly<Record<string, string>>, at?: string): Promise<TestServer> {
    const server = await TestServer.start(more, at);
    started.push(server);
    return server;
  }

  function asking({ url } = authority) {
    return { LEDGER_TIMESTAMP_URL: `${url}?key=hidden`, LEDGER_TIMESTAMP_CA: openssl.root };
  }

  it(
    'is told with its age, and handed to a stranger who has openssl alone',
    async () => {
      const server = await start(asking());
      const timestamp = await stampedBy(server);
      expect(timestamp).toMatchObject({ authority: authority.url, chain: 'checked' });
      expect(timestamp.ageMillis).toBeLessThan(LIMIT);
      const bench = new Bench(server.folder);
      const out = join(folder, 'handed');
      const listed = await bench.run(['evidence', 'timestamps', '--out', out]);
      expect([listed.code, listed.err]).toEqual([0, '']);
      const size = String(timestamp.size);
      expect(listed.out).toContain(
        `${String(timestamp.at)}  ${size}  ${authority.url}  chain checked  ${size}.tsr\n`,
      );
      expect(parseCheckpoint(await readFile(join(out, `${size}.checkpoint`), 'utf8'))?.size).toBe(
        timestamp.size,
      );
      await copyFile(openssl.root, join(out, 'CA.pem'));
      const [command = '', ...args] = (/openssl ts .*/.exec(listed.out)?.[0] ?? '').split(' ');
      expect((await run(command, args, { cwd: out })).stdout).toContain('Verification: OK');
      const altered = args.map((arg) => (arg.endsWith('.checkpoint') ? `${size}.tsr` : arg));
      await expect(run(command, altered, { cwd: out })).rejects.toThrow();
      const exported = join(folder, 'exported');
      expect((await bench.run(['evidence', 'export', exported])).code).toBe(0);
      expect((await readdir(join(exported, 'timestamps'))).toSorted()).toEqual([
        `${size}.checkpoint`,
        `${size}.tsr`,
      ]);
      const cwd = join(exported, 'timestamps');
      await copyFile(openssl.root, join(cwd, 'CA.pem'));
      expect((await run(command, args, { cwd })).stdout).toContain('Verification: OK');
    },
    LIMIT,
  );

  it(
    'is told for machines, and that no chain was judged where no anchor was given',
    async () => {
      const server = await start({ LEDGER_TIMESTAMP_URL: authority.url });
      const { size, at } = await stampedBy(server);
      expect((await statusOf(server)).timestamp?.chain).toBe('unchecked');
      const listed = await new Bench(server.folder).run(['evidence', 'timestamps', '--json']);
      const files = { data: `${String(size)}.checkpoint`, reply: `${String(size)}.tsr` };
      const of = { origin: 'privacy-ledger.local', size, authority: authority.url, at };
      expect(JSON.parse(listed.out)).toEqual({
        timestamps: [{ ...of, chain: 'unchecked', ...files }],
      });
    },
    LIMIT,
  );

  it(
    'waits for an authority that is away or answers what is none, and the ledger works on',
    async () => {
      const at = await makeFolder('stamps');
      const away = await TimestampServer.start(async () => 'never');
      await away.stop();
      const first = await TestServer.start(asking(away), at);
      await until('a word of it', () =>
        first.lines.some((line) => line.includes('timestamp: unreachable')),
      );
      await worksOn(first, away.url);
      await first.running.stop();
      isDamaged = true;
      const second = await TestServer.start(asking(), at);
      await until('a word of it', () =>
        second.lines.some((line) => line.includes('timestamp: unreadable')),
      );
      await worksOn(second, authority.url);
      const none = await new Bench(at).run(['evidence', 'timestamps']);
      expect([none.code, none.out]).toEqual([0, 'No checkpoint is stamped yet.\n']);
      await second.running.stop();
      isDamaged = false;
      const third = await start(asking(), at);
      expect((await stampedBy(third)).size).toBe((await statusOf(third)).checkpoint?.size);
    },
    LIMIT,
  );

  async function worksOn(server: TestServer, url: string): Promise<void> {
    await server.registered();
    const signed = await server.call('POST', '/api/evidence/checkpoints');
    const status = await statusOf(server);
    expect(parseCheckpoint(signed.text)?.size).toBe(status.checkpoint?.size);
    expect(status.timestamp).toEqual({
      authority: url,
      size: null,
      at: null,
      ageMillis: null,
      chain: null,
    });
    expect(server.lines.join('')).not.toContain('hidden');
  }
});

describe('settings of timestamps', () => {
  it.each([
    ['an address that is none', { LEDGER_TIMESTAMP_URL: 'nowhere' }],
    [
      'trust anchors that are not there',
      { LEDGER_TIMESTAMP_URL: 'http://tsa.example', LEDGER_TIMESTAMP_CA: '/no/such/file.pem' },
    ],
    [
      'trust anchors that are none',
      { LEDGER_TIMESTAMP_URL: 'http://tsa.example', LEDGER_TIMESTAMP_CA: 'package.json' },
    ],
  ])('with %s keep the server from opening', async (_, more) => {
    const server = await TestServer.start(more);
    const ready = await fetch(`${server.running.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      expect.objectContaining({ phase: 'broken', code: 'settings' }),
    ]);
    await server.stop();
  });

  it('name no authority by themselves', async () => {
    const server = await TestServer.start();
    expect((await statusOf(server)).timestamp).toBeNull();
    await server.stop();
  });
});
