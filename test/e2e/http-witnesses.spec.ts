import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { nodeCryptography, parseCheckpoint, parseReceipt, parseVkey, signedBy } from '#evidence';

import { aWitness } from '#evidence/testing';

import { Bench } from '../cli/cli.js';
import { makeFolder } from '../engines/places.js';
import { until } from '../faults/support/until.js';
import { TestServer } from './http-server.js';

const LIMIT = 60_000;
const execFileAsync = promisify(execFile);

interface Status {
  readonly vkey: string;
  readonly checkpoint: { readonly size: number } | null;
  readonly witnesses: readonly { readonly name: string; readonly size: number | null }[];
  readonly quorum: { readonly wanted: number; readonly isMet: boolean };
}

describe('checkpoints that witnesses cosign', () => {
  let folder: string;
  let data: string;
  let server: TestServer;
  let logKey: string;
  const running = new Map<string, { readonly vkey: string; readonly url: string }>();
  const children = new Map<string, ChildProcess>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledger-witnesses-'));
    data = await makeFolder('witnesses');
    const first = await TestServer.start({}, data);
    logKey = (await statusOf(first)).vkey;
    await first.running.stop();
    for (const name of ['one.example', 'two.example']) running.set(name, await start(name));
    server = await TestServer.start(settings(2), data);
  }, LIMIT);
  afterAll(async () => {
    await server.stop();
    for (const child of children.values()) child.kill();
    await rm(folder, { recursive: true, force: true });
  }, LIMIT);
  afterEach(async () => {
    for (const [name, { url }] of running) {
      if (children.get(name)?.exitCode === null) continue;
      await start(name, new URL(url).port);
    }
  }, LIMIT);

  /** `ledger witness` as its operator runs it. */
  async function start(name: string, port = '0') {
    const files = ['--key', join(folder, `${name}.pem`), '--state', join(folder, `${name}.json`)];
    const args = ['witness', '--name', name, '--log', logKey, '--port', port, ...files];
    const child = spawn(process.execPath, ['dist/apps/cli/main.js', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.set(name, child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const [vkey = '', url = ''] = line.split(' ');
    return { vkey, url };
  }

  async function kill(name: string): Promise<void> {
    const child = children.get(name);
    child?.kill('SIGKILL');
    if (child !== undefined) await once(child, 'exit');
  }

  function settings(quorum: number) {
    const pairs = [...running.values()].map(({ vkey, url }) => `${vkey} ${url}/`);
    return { LEDGER_WITNESSES: pairs.join(' '), LEDGER_WITNESS_QUORUM: String(quorum) };
  }

  async function statusOf(of: TestServer): Promise<Status> {
    return JSON.parse((await of.call('GET', '/api/evidence')).text) as Status;
  }

  async function signed(): Promise<number> {
    await server.registered();
    const note = await server.call('POST', '/api/evidence/checkpoints');
    return parseCheckpoint(note.text)?.size ?? -1;
  }

  function cosignedBy(count: number, size: number): Promise<Status> {
    return until(`${String(count)} cosignatures`, async () => {
      const status = await statusOf(server);
      const own = status.witnesses.filter((witness) => witness.size === size);
      return own.length >= count ? status : undefined;
    });
  }

  it(
    'carry their signatures, and so does every receipt, in under 2 kB',
    async () => {
      const size = await signed();
      expect((await cosignedBy(2, size)).quorum).toEqual({ wanted: 2, isMet: true });
      const event = (
        await server.call('POST', '/api/customers', {
          body: { category: 'private', identity: { lastName: 'Meikäläinen' } },
        })
      ).body.events[0]?.id;
      await server.call('GET', `/evidence/receipts/${String(event)}?wait=true`);
      const newest = (await statusOf(server)).checkpoint?.size ?? -1;
      await cosignedBy(2, newest);
      const text = await until('a receipt with both', async () => {
        const receipt = await server.call('GET', `/evidence/receipts/${String(event)}`);
        return receipt.text.split('\u2014').length === 4 ? receipt.text : undefined;
      });
      expect(text.length).toBeLessThan(2_000);
      const receipt = parseReceipt(text);
      if (receipt === undefined) throw new Error('no receipt');
      for (const vkey of [logKey, ...[...running.values()].map((one) => one.vkey)]) {
        const key = await parseVkey(vkey, nodeCryptography);
        if (key === undefined) throw new Error('no key');
        expect(typeof (await signedBy(receipt.head.note, key, nodeCryptography))).toBe('object');
      }
    },
    LIMIT,
  );

  it(
    'are what an audit and a bundle are held to',
    async () => {
      await cosignedBy(2, await signed());
      const bench = new Bench(data);
      const vkeys = [...running.values()].map(({ vkey }) => vkey);
      const stranger = (await aWitness('one.example')).vkey;
      const verify = (...args: readonly string[]) =>
        bench.run(['evidence', 'verify', '--json', ...args], settings(2));
      const own = JSON.parse((await verify()).out) as Record<string, unknown>;
      expect(own).toMatchObject({ exit: 0, witnessed: { wanted: 2, of: 2 } });
      expect(own.heads).toContainEqual(
        expect.objectContaining({ source: 'witnesses', standing: 'agrees' }),
      );
      expect((await verify('--witness', ...vkeys, '--quorum', '2')).code).toBe(0);
      const other = await verify('--witness', stranger);
      expect(other.code).toBe(15);
      expect(JSON.parse(other.out)).toMatchObject({ faults: [{ fault: 'quorum-missing' }] });

      const out = join(folder, 'bundle');
      const made = await bench.run(['evidence', 'bundle', '--out', out], settings(2));
      expect([made.code, made.err]).toEqual([0, '']);
      const check = (witnesses: readonly string[]) => {
        const asked = witnesses.flatMap((vkey) => ['--witness', vkey]);
        const args = [join(out, 'verify.mjs'), '--vkey', logKey, '--json', ...asked];
        return execFileAsync(process.execPath, args).catch((error: unknown) => error);
      };
      const checked = (await check(vkeys)) as { readonly stdout: string };
      expect(JSON.parse(checked.stdout)).toMatchObject({
        exit: 0,
        quorum: { wanted: 2, have: 2, isMet: true, isGiven: true },
      });
      expect(await check([stranger])).toMatchObject({ code: 15 });
    },
    LIMIT,
  );

  it(
    'are signed on while a witness is away, and it is told how far that one is',
    async () => {
      const before = await signed();
      await cosignedBy(2, before);
      await kill('two.example');
      const size = await signed();
      const status = await cosignedBy(1, size);
      expect(status.quorum).toEqual({ wanted: 2, isMet: false });
      expect(status.witnesses.find(({ name }) => name === 'two.example')?.size).toBe(before);
      await until('a word of it', () =>
        server.lines.some((line) => line.includes('two.example does not answer')),
      );
    },
    LIMIT,
  );

  it(
    'are remembered by a witness that is killed',
    async () => {
      const size = await signed();
      await cosignedBy(1, size);
      await kill('one.example');
      const state: unknown = JSON.parse(await readFile(join(folder, 'one.example.json'), 'utf8'));
      expect(state).toMatchObject({ 'privacy-ledger.local': { size } });
    },
    LIMIT,
  );
});

describe('settings of witnesses', () => {
  it.each([
    ['an address that is none', { LEDGER_WITNESSES: 'w.example+00000000+AAAA nowhere' }],
    ['a quorum above their number', { LEDGER_WITNESS_QUORUM: '1' }],
  ])('with %s keep the server from opening', async (_, more) => {
    const server = await TestServer.start(more);
    const ready = await fetch(`${server.running.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      expect.objectContaining({ phase: 'broken', code: 'settings' }),
    ]);
    await server.stop();
  });
});
