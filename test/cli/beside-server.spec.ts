import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { FILES } from '../../apps/composition/index.js';
import { environmentOf, inFolder, whileWorking } from '../faults/support/folder.js';
import { ServerChild } from '../faults/support/server-child.js';
import { allEvents, surveyOf } from '../faults/support/survey.js';
import { Bench } from './cli.js';
import { Clients } from './clients.js';

const LIMIT = 240_000;
const ROWS = 400;
/** Writes that are answered between two commands, so that each has some beside it. */
const BETWEEN = 5;
const PATIENT = { LEDGER_KEY_CACHE_MS: '10000', LEDGER_LEASE_MS: '1500' };

describe('the command line beside a server that answers writes', () => {
  it(
    'imports, replays, rebuilds, makes tokens, rotates keys, backs up; both stay right',
    async () => {
      await inFolder(async (folder) => {
        const server = await ServerChild.start(folder, PATIENT);
        const clients = new Clients(server);
        const beside = new Beside(folder, clients);
        try {
          await beside.imports();
          const replayed = await beside.run('replay', '--json');
          expect(replayed.trimEnd().split('\n').length).toBeGreaterThan(ROWS);
          expect(await beside.run('views', 'rebuild', 'customers')).toContain('is live');
          const role = ['--role', 'auditor', '--label', 'beside'];
          const made = await beside.json('token', 'create', ...role);
          const headers = { authorization: `Bearer ${String(made.token)}` };
          expect((await server.call('GET', '/api/register', { headers })).status).toBe(200);
          await beside.run('keys', 'rotate');
          const known = clients.done();
          const backup = await beside.json('backup', join(folder, 'backups'));
          await clients.stop();

          expect(clients.unhealed).toEqual([]);
          const now = clients.done();
          const query = { body: { after: now.position, limit: 1 } };
          const found = await server.call('POST', '/api/customers/search', query);
          expect(found.body).toMatchObject({ count: ROWS + now.registered });
          await server.stop();
          expect(await atRest(folder)).toEqual({
            registered: ROWS + now.registered,
            changed: now.changed,
          });
          await putBack(folder, { log: String(backup.log), vault: String(backup.vault) });
          const copied = await atRest(folder);
          expect(copied.registered).toBeGreaterThanOrEqual(ROWS + known.registered);
          expect(copied.registered).toBeLessThanOrEqual(ROWS + now.registered);
        } finally {
          await clients.stop();
          await server.stop();
        }
      });
    },
    LIMIT,
  );
});

/** The built command line on the server's folder; each command has writes before and after it. */
class Beside {
  readonly #bench: Bench;

  constructor(
    private readonly folder: string,
    private readonly clients: Clients,
  ) {
    this.#bench = new Bench(folder);
  }

  /** What a command said; fails where the command does, or where it complained. */
  async run(...args: readonly string[]): Promise<string> {
    await this.clients.more(BETWEEN);
    const ran = await this.#bench.run(args, environmentOf(this.folder, PATIENT));
    expect([args[0], ran.code, ran.err]).toEqual([args[0], 0, '']);
    await this.clients.more(BETWEEN);
    return ran.out;
  }

  async json(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.run(...args, '--json')) as Record<string, unknown>;
  }

  async imports(): Promise<void> {
    const file = join(this.folder, 'old.csv');
    const rows = Array.from({ length: ROWS }, (_, at) => `I-${String(at)},Ilmari`);
    await writeFile(file, ['customerNumber,lastName', ...rows, ''].join('\n'));
    const args = ['import', file, '--source', 'old'];
    expect(await this.json(...args)).toMatchObject({ rows: ROWS, taken: ROWS, refused: 0 });
    expect(await this.json(...args)).toMatchObject({ rows: ROWS, unchanged: ROWS });
  }
}

/** Restores a backup as docs/operations.md says; what stands beside it is left as it is. */
async function putBack(folder: string, copies: Readonly<Record<'log' | 'vault', string>>) {
  const data = join(folder, 'data');
  for (const what of ['log', 'vault'] as const) {
    const target = join(data, FILES[what]);
    for (const beside of ['-wal', '-shm']) await rm(`${target}${beside}`, { force: true });
    await cp(join(copies[what], FILES[what]), target);
  }
}

/** Opens the ledger, lets it come to rest, and counts; nothing of it contradicts itself. */
async function atRest(folder: string): Promise<{ registered: number; changed: number }> {
  return whileWorking(
    folder,
    async ({ ledger }) => {
      const head = await ledger.stores.log.head();
      expect(await ledger.projections.waitForAll(head, LIMIT)).toBe(true);
      expect(await surveyOf(ledger)).toEqual([]);
      const types = (await allEvents(ledger.stores.log)).map(({ type }) => type);
      const times = (wanted: string) => types.filter((type) => type === wanted).length;
      return { registered: times('CustomerRegistered'), changed: times('ContactUpdated') };
    },
    { more: PATIENT },
  );
}
