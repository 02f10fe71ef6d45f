import { chmod, cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';

import { WORKS } from '../../apps/composition/index.js';
import { FILES } from '../../apps/composition/index.js';
import { settled } from '../faults/support/asking.js';
import { environmentOf, inFolder, whileWorking } from '../faults/support/folder.js';
import { register } from '../faults/support/people.js';
import { meetPoison } from '../faults/support/poison.js';
import { Examined, everythingIn } from './examined.js';

const LIMIT = 60_000;

/** Long enough not to end while a test looks. */
const PATIENT = { LEDGER_LEASE_MS: '30000', LEDGER_KEY_CACHE_MS: '30000' };

/** A folder with a ledger that was worked on by a process which has ended. */
async function withLedger(
  work: (folder: string, look: () => Promise<Examined>) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const made = join(folder, 'made');
    await whileWorking(made, async ({ ledger }) => {
      await register(ledger, 'Matti');
      await settled(ledger);
    });
    await atRest(made, folder);
    await rm(made, { recursive: true });
    await work(folder, () => Examined.of(environmentOf(folder)));
  });
}

/** Copies a ledger that was closed, as the end of its process leaves it: no file is open. */
async function atRest(from: string, to: string): Promise<void> {
  for (const file of Object.values(FILES)) {
    await cp(join(from, 'data', file), join(to, 'data', file));
  }
  await chmod(join(to, 'data'), 0o700);
  await cp(secretsOf(from), secretsOf(to), { recursive: true });
}

const secretsOf = (folder: string) => join(folder, 'data.secrets');

describe('ledger doctor on files', () => {
  it(
    'finds a ledger at work well, and tells who does what',
    async () => {
      await inFolder((folder) =>
        whileWorking(
          folder,
          async ({ ledger }) => {
            await register(ledger, 'Matti');
            await settled(ledger);
            const seen = await Examined.of(environmentOf(folder, PATIENT));
            expect(seen.code).toBe(0);
            expect(seen.of('advice')).toEqual(['admin-token', 'backups']);
            expect(seen.of('skipped')).toEqual([]);
            const leases = seen.found('lease');
            expect(leases.map(({ of }) => of)).toEqual(WORKS);
            const holder = ledger.process.slice(0, 8);
            for (const { seen: text } of leases) expect(text).toContain(`held by test ${holder}`);
            expect(seen.found('view').map(({ seen: text }) => text)).toEqual(
              Array.from({ length: 5 }, () => 'up to date'),
            );
          },
          { more: PATIENT },
        ),
      );
    },
    LIMIT,
  );

  it(
    'touches nothing: at rest, after a crash, and where there is nothing',
    async () => {
      await inFolder(async (folder) => {
        expect((await Examined.of(environmentOf(folder))).of('advice')).toEqual(['ledger-id']);
        expect(await everythingIn(folder)).toEqual({});

        const [crashed, rested] = [join(folder, 'crashed'), join(folder, 'rested')];
        await whileWorking(folder, async ({ ledger }) => {
          await register(ledger, 'Matti');
          await settled(ledger);
          await cp(join(folder, 'data'), join(crashed, 'data'), { recursive: true });
          await cp(secretsOf(folder), secretsOf(crashed), { recursive: true });
        });
        await atRest(folder, rested);
        expect(await readdir(join(crashed, 'data'))).toContain(`${FILES.vault}-shm`);
        expect(await readdir(join(rested, 'data'))).not.toContain(`${FILES.vault}-shm`);
        for (const at of [crashed, rested]) {
          const before = await everythingIn(at);
          const seen = await Examined.of(environmentOf(at));
          expect([seen.code, seen.of('failure'), seen.of('warning')]).toEqual([0, [], []]);
          expect(await everythingIn(at)).toEqual(before);
        }
      });
    },
    LIMIT,
  );

  it(
    'tells of a folder that is not mounted, and does not make it',
    async () => {
      await withLedger(async (folder, look) => {
        await rm(join(folder, 'data'), { recursive: true });
        const seen = await look();
        expect([seen.code, seen.of('failure')]).toEqual([6, ['data-folder', 'event-log', 'vault']]);
        expect(seen.found('event-log')[0]?.seen).toContain('store-missing');
        expect(await readdir(folder)).toEqual(['data.secrets']);
      });
    },
    LIMIT,
  );

  it(
    'tells of a log that is missing or damaged, and of all the rest',
    async () => {
      await withLedger(async (folder, look) => {
        await writeFile(join(folder, 'data', FILES.log), Buffer.alloc(8_192, 7));
        const damaged = await look();
        expect([damaged.code, damaged.of('failure')]).toEqual([6, ['event-log']]);
        expect(damaged.found('event-log')[0]?.seen).toContain('store-corrupt');
        expect(damaged.found('vault')[0]?.status).toBe('ok');
        expect(damaged.of('skipped')).toEqual(['clock']);

        await rm(join(folder, 'data', FILES.log));
        expect((await look()).of('failure')).toEqual(['event-log']);
      });
    },
    LIMIT,
  );

  it(
    'leaves a file of an older version as it is',
    async () => {
      await withLedger(async (folder, look) => {
        const vault = new DatabaseSync(join(folder, 'data', FILES.vault));
        vault.exec('PRAGMA user_version = 1; PRAGMA journal_mode = DELETE');
        vault.close();
        const before = await everythingIn(folder);
        const seen = await look();
        expect([seen.code, seen.of('warning'), seen.of('failure')]).toEqual([7, ['vault'], []]);
        expect(await everythingIn(folder)).toEqual(before);
      });
    },
    LIMIT,
  );

  it(
    'does not play in a write-ahead log that nobody has open',
    async () => {
      await withLedger(async (folder, look) => {
        await writeFile(join(folder, 'data', `${FILES.vault}-wal`), 'left by another file');
        const before = await everythingIn(folder);
        const seen = await look();
        expect(seen.of('failure')).toEqual(['vault']);
        expect(seen.found('vault')[0]?.seen).toBe('out: wal-alone');
        expect(await everythingIn(folder)).toEqual(before);
      });
    },
    LIMIT,
  );

  it(
    'tells of a KEK that is not there, and of one that the vault does not know',
    async () => {
      await withLedger(async (folder, look) => {
        const keks = join(secretsOf(folder), 'keks');
        const [name = ''] = await readdir(keks);
        await rm(join(keks, name));
        const seen = await look();
        expect([seen.code, seen.of('failure')]).toEqual([
          6,
          [`kek-missing ${name.replace('.key', '')}`],
        ]);
      });
      await withLedger(async (folder, look) => {
        await inFolder(async (other) => {
          await whileWorking(other, async () => undefined);
          await cp(join(secretsOf(other), 'keks'), join(secretsOf(folder), 'keks'), {
            recursive: true,
          });
        });
        const seen = await look();
        expect(seen.of('warning')).toEqual([expect.stringMatching(/^kek-unnamed /)]);
        expect(seen.of('failure')).toEqual(['ledger-id']);
      });
    },
    LIMIT,
  );

  it(
    'tells of parts of two ledgers',
    async () => {
      await withLedger(async (folder, look) => {
        await inFolder(async (other) => {
          await whileWorking(other, async () => undefined);
          await cp(join(other, 'data', FILES.views), join(folder, 'data', FILES.views));
        });
        const seen = await look();
        expect([seen.code, seen.of('failure')]).toEqual([6, ['ledger-id']]);
        expect(seen.found('ledger-id')[0]?.seen).toMatch(
          /^parts of different ledgers: event log, vault, anchor and KEKs of .+; views of /,
        );
      });
    },
    LIMIT,
  );

  it(
    'tells of a view that stands still, and what it stands at',
    async () => {
      await inFolder((folder) =>
        whileWorking(folder, async (working) => {
          await meetPoison(working, () => undefined);
          const seen = await Examined.of(environmentOf(folder));
          expect([seen.code, seen.of('failure')]).toEqual([6, ['view-parked customers']]);
          const [parked] = seen.found('view-parked');
          expect(parked?.seen).toContain('(CustomerRegistered)');
          expect(parked?.mend).toContain('ledger views retry customers');
        }),
      );
    },
    LIMIT,
  );

  it(
    'tells of views that have seen more than the log has, and of those that are behind',
    async () => {
      await withLedger(async (folder, look) => {
        const [log, views] = [FILES.log, FILES.views].map((file) => join(folder, 'data', file));
        await cp(String(log), join(folder, 'log'));
        await cp(String(views), join(folder, 'views'));
        const later = join(folder, 'later');
        await atRest(folder, later);
        await whileWorking(later, async ({ ledger }) => {
          await register(ledger, 'Maija');
          await settled(ledger);
        });
        await atRest(later, folder);
        await cp(String(views), join(folder, 'newer-views'));
        await cp(join(folder, 'views'), String(views));
        const behind = (await look()).found('view-behind');
        expect(behind).toHaveLength(5);
        for (const { seen, status } of behind) {
          expect([status, seen]).toEqual(['advice', expect.stringMatching(/^\d+ events? behind/)]);
        }
        await cp(join(folder, 'newer-views'), String(views));
        await cp(join(folder, 'log'), String(log));
        const ahead = await look();
        expect(ahead.of('failure')).toHaveLength(5);
        expect(ahead.found('view-ahead')[0]?.mend).toContain('find the newer log');
      });
    },
    LIMIT,
  );

  it(
    'tells what others may read',
    async () => {
      await withLedger(async (folder, look) => {
        await chmod(join(folder, 'data'), 0o755);
        await chmod(join(secretsOf(folder), 'signing-key.pem'), 0o644);
        expect([(await look()).of('warning'), (await look()).of('failure')]).toEqual([
          ['data-folder'],
          ['secrets-modes'],
        ]);
        await chmod(secretsOf(folder), 0o750);
        expect((await look()).found('secrets-folder')[0]).toMatchObject({
          status: 'failure',
          mend: `chmod 700 ${secretsOf(folder)}`,
        });
      });
    },
    LIMIT,
  );
});
