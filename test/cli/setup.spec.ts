import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ADMIN, CANNOT_SECURE, startTestServer } from '#event-log/testing';
import type { SignIn, TestServer } from '#event-log/testing';

import { Bench } from './cli.js';

const LEDGER: SignIn = { user: 'ledger', password: 'l3dg3r: s?cret&' };
const WRONG: SignIn = { ...LEDGER, password: 'an0ther-s3cret' };
const SETUP = ['setup', 'eventstoredb'];
const TOKEN = ['token', 'create', '--role', 'staff', '--label', 'a test'];
const LIMIT = 120_000;

function securedIt(title: string, run: () => Promise<void>): void {
  if (CANNOT_SECURE === undefined) it(title, run, LIMIT);
  else it.skip(`${title} (cannot: ${CANNOT_SECURE})`, () => undefined);
}

describe('ledger setup eventstoredb', () => {
  let bench: Bench;
  let server: TestServer;
  let environment: { readonly EVENTSTOREDB_URL: string; readonly EVENTSTOREDB_ADMIN_URL: string };
  beforeAll(async () => {
    bench = await Bench.make();
    if (CANNOT_SECURE !== undefined) return;
    server = await startTestServer({ secured: true });
    environment = {
      EVENTSTOREDB_URL: server.urlAs(LEDGER),
      EVENTSTOREDB_ADMIN_URL: server.urlAs(ADMIN),
    };
  });
  afterAll(async () => {
    await bench.remove();
    if (CANNOT_SECURE === undefined) await server.close();
  });

  /** Runs a command, which says none of the passwords. */
  async function run(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const ran = await bench.run(args, { ...environment, ...more });
    for (const { password } of [LEDGER, WRONG, ADMIN]) {
      expect(ran.out + ran.err).not.toContain(password);
      expect(ran.out + ran.err).not.toContain(encodeURIComponent(password));
    }
    return ran;
  }

  securedIt(
    'stands before a ledger that is not let in, and after it the ledger works',
    async () => {
      const { EVENTSTOREDB_URL } = environment;
      const ledgers = { EVENTSTOREDB_URL, EVENTSTOREDB_ADMIN_URL: '' };
      const before = await run(TOKEN, ledgers);
      expect(before).toMatchObject({ code: 4, out: '' });
      expect(before.err).toContain('event-log: not-authenticated');

      const made = await run(SETUP);
      expect(made).toMatchObject({ code: 0, err: '' });
      expect(made.out.split('\n')).toEqual([
        'user ledger made, in group ledger',
        'group ledger may read $all',
        'default ACL locked for group ledger',
        'checked as ledger: may append, read $all, read metadata; may not delete streams, end ' +
          'streams for good, write metadata',
        expect.stringContaining('administrators may still'),
        '',
      ]);
      const streams = server.records.map(({ stream }) => stream);
      expect(streams.filter((stream) => stream.startsWith('ledger.'))).toEqual([]);

      expect(await run(TOKEN, ledgers)).toMatchObject({ code: 0, err: '' });
      expect(await run(['views', 'list'], ledgers)).toMatchObject({ code: 0 });
      expect(server.records.some(({ stream }) => stream === 'ledger._ledger')).toBe(true);
    },
  );

  securedIt('changes nothing when it is run again, and says so', async () => {
    const before = server.records.length;
    const again = await run(SETUP);
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain('nothing had to be changed\n');
    const json = await run([...SETUP, '--json']);
    expect(JSON.parse(json.out)).toEqual({
      user: 'ledger',
      group: 'ledger',
      changes: [],
      rights: {
        append: true,
        readAll: true,
        readMetadata: true,
        delete: false,
        tombstone: false,
        writeMetadata: false,
      },
    });
    expect(server.records).toHaveLength(before);
  });

  securedIt(
    'says that the user has another password, and changes it where it is told to',
    async () => {
      const more = { EVENTSTOREDB_URL: server.urlAs(WRONG) };
      const refused = await run([...SETUP, '--json'], more);
      expect(refused.code).toBe(5);
      expect(JSON.parse(refused.out)).toMatchObject({ error: 'password-differs' });
      const changed = await run([...SETUP, '--reset-password'], more);
      expect(changed).toMatchObject({ code: 0 });
      expect(changed.out).toContain('password of ledger changed\n');
      expect((await run(SETUP, more)).out).toContain('nothing had to be changed\n');
    },
  );

  securedIt('wants both connection strings, TLS, an administrator and a group', async () => {
    const codeOf = async (args: readonly string[], more: Readonly<Record<string, string>>) => {
      const ran = await run([...SETUP, ...args, '--json'], more);
      return [ran.code, (JSON.parse(ran.out) as { readonly error: string }).error];
    };
    const insecure = 'esdb://one:one@localhost:1?tls=false';
    expect(await codeOf([], { EVENTSTOREDB_ADMIN_URL: '' })).toEqual([2, 'missing']);
    expect(await codeOf([], { EVENTSTOREDB_URL: '' })).toEqual([2, 'missing']);
    expect(await codeOf(['--group', '$admins'], {})).toEqual([2, 'group']);
    expect(await codeOf([], { EVENTSTOREDB_URL: insecure })).toEqual([5, 'eventstoredb-insecure']);
    expect(
      await codeOf([], { EVENTSTOREDB_ADMIN_URL: server.urlAs({ ...ADMIN, password: 'no' }) }),
    ).toEqual([5, 'admin-not-authenticated']);
    expect(await codeOf([], { EVENTSTOREDB_ADMIN_URL: server.urlAs(WRONG) })).toEqual([
      5,
      'not-an-administrator',
    ]);
  });
});
