import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TestServer } from '../e2e/http-server.js';

/** A client of c2sp.org/tlog-tiles: test/tlog-client, or any that takes the same arguments. */
const CLIENT = process.env.TLOG_CLIENT;
const LIMIT = 120_000;
/** Over 256 entries for each, and a tile of the second level. */
const CUSTOMERS = 2_500;

const skipped = ' (skipped: TLOG_CLIENT names no program, see test/tlog-client)';
const described = CLIENT === undefined ? describe.skip : describe;

described(`another implementation${CLIENT === undefined ? skipped : ''}`, () => {
  let server: TestServer;
  let exported: string;
  let kept: string;
  let vkey: string;

  beforeAll(async () => {
    server = await TestServer.start();
    exported = join(server.folder, 'exported');
    kept = join(server.folder, 'kept');
    await server.registered();
    await writeFile(kept, (await server.call('POST', '/api/evidence/checkpoints')).text);
    const rows = Array.from({ length: CUSTOMERS }, (_, at) => `${String(at)},Virtanen`);
    const file = join(server.folder, 'customers.csv');
    await writeFile(file, ['id,lastName', ...rows, ''].join('\n'));
    const map = join(server.folder, 'map.json');
    await writeFile(
      map,
      JSON.stringify({ kind: 'customers', source: 'old-register', category: 'private', key: 'id' }),
    );
    await ledger('import', file, '--map', map);
    await ledger('evidence', 'export', exported);
    const status = JSON.parse((await server.call('GET', '/api/evidence')).text) as { vkey: string };
    vkey = status.vkey;
  }, LIMIT);
  afterAll(() => server.stop());

  /** Runs the command line beside the server. */
  async function ledger(...args: string[]): Promise<void> {
    const environment = { PATH: process.env.PATH, LEDGER_DATA: join(server.folder, 'data') };
    await promisify(execFile)(process.execPath, ['dist/apps/cli/main.js', ...args], {
      env: environment,
    });
  }

  /** What the client says, and how it ends. */
  async function client(...args: string[]) {
    try {
      const { stdout } = await promisify(execFile)(CLIENT ?? '', args);
      return { code: 0, says: stdout };
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string };
      return { code, says: stderr };
    }
  }

  it(
    'accepts what was exported: checkpoint, every entry, and that the log has only grown',
    async () => {
      const { code, says } = await client('-old', kept, vkey, exported);
      expect([code, says]).toEqual([0, expect.stringMatching(/accepted: .*, \d{4} entries/)]);
      expect(says).toMatch(/accepted: grown from \d+/);
    },
    LIMIT,
  );

  it(
    'accepts what the server gives',
    async () => {
      const url = `${server.running.url}/evidence`;
      const auditor = await server.token('auditor');
      const { code, says } = await client('-token', auditor, '-old', kept, vkey, url);
      expect([code, says]).toEqual([0, expect.stringContaining('accepted: grown from')]);
    },
    LIMIT,
  );

  it.each(['tile/0/000', 'tile/1/000.p/9', 'tile/entries/003'])(
    'refuses a byte that was changed in %s',
    async (path) => {
      const copy = join(server.folder, `changed-${path.replaceAll('/', '-')}`);
      await cp(exported, copy, { recursive: true });
      const bytes = await readFile(join(copy, path));
      bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
      await writeFile(join(copy, path), bytes);
      expect((await client(vkey, copy)).code).toBe(1);
    },
    LIMIT,
  );
});
