import { copyFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Bench, type Ran } from '../cli/cli.js';
import { flipped, edit, editEvent, remove } from './support/edits.js';
import { NEWER, OLDER } from './support/mutations.js';
import { onCopy, prepareLedger, type Prepared } from './support/prepared.js';

/** Longer ago than the prepared ledger was made: nothing of it waits for too long. */
const PATIENT = { LEDGER_CHECKPOINT_MS: '9000000000000' };

/** A command after another, each with a start of its own. */
const LIMIT = 120_000;

let prepared: Prepared;

beforeAll(async () => {
  prepared = await prepareLedger();
});

afterAll(async () => {
  await rm(prepared.folder, { recursive: true, force: true });
});

function verify(folder: string, ...args: readonly string[]): Promise<Ran> {
  return new Bench(folder).run(['evidence', 'verify', ...args], PATIENT);
}

async function verifiedJson(folder: string, ...args: readonly string[]) {
  const ran = await verify(folder, ...args, '--json');
  return { code: ran.code, found: JSON.parse(ran.out) as Record<string, unknown> };
}

/** Names, sizes and times of all files of a folder. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const told = names.map(async (name) => {
    const { size, mtimeMs } = await stat(join(folder, name));
    return `${name} ${String(size)} ${String(mtimeMs)}`;
  });
  return (await Promise.all(told)).sort();
}

describe('ledger evidence verify', () => {
  it('says in words what it has shown and what it cannot, and changes nothing', async () => {
    await onCopy(prepared, async (folder) => {
      const before = await filesOf(folder);
      const ran = await verify(folder);
      expect([ran.code, ran.err]).toEqual([0, '']);
      expect(ran.out).toMatch(/^324 events in [\d.]+ s: [\d,]+ events\/s, \d+ threads$/m);
      expect(ran.out).toMatch(/INTACT +323\n +UNSIGNED +1\n/);
      expect(ran.out).toContain('the anchor, 323 events: agrees');
      expect(ran.out).toContain('has the root that was signed');
      expect(ran.out).toContain('That nothing happened which was never recorded.');
      expect(await filesOf(folder)).toEqual(before);
    });
  });

  it('tells programs the same in one line', async () => {
    const { code, found } = await verifiedJson(prepared.folder);
    expect(code).toBe(0);
    expect(found).toMatchObject({
      exit: 0,
      events: NEWER + 1,
      totals: { INTACT: NEWER, UNSIGNED: 1 },
      hasVault: true,
      faults: [],
      metadataChanges: [],
    });
    expect(found.eventsPerSecond).toBeGreaterThan(0);
  });

  it('names the places, and ends with the code of the worst', async () => {
    await onCopy(prepared, async (folder) => {
      editEvent(folder, 40, 'data', flipped(/"ciphertext":"[^"]*"/));
      expect((await verify(folder)).code).toBe(10);
      remove(folder, 50);
      const ran = await verify(folder);
      expect(ran.code).toBe(11);
      expect(ran.out).toMatch(/ALTERED +#40 +CustomerRegistered +customer-[0-9a-f-]{36}\/0 /);
      expect(ran.out).toMatch(/MISSING +was #50 /);
      expect(ran.out).toContain('differs, as the places below explain');
    });
  });

  it('does not let what is in a store write to the terminal', async () => {
    await onCopy(prepared, async (folder) => {
      editEvent(folder, 40, 'type', () => '\u001b[2J\u009b');
      const ran = await verify(folder);
      expect(ran.code).toBe(10);
      expect(ran.out).not.toMatch(/[\u001b\u009b]/); // eslint-disable-line no-control-regex
    });
  });

  it('is held to a checkpoint that was kept', async () => {
    const kept = (which: string) => ['--from', join(prepared.folder, `${which}.txt`)];
    const { code, found } = await verifiedJson(prepared.folder, ...kept('older'));
    expect(code).toBe(0);
    expect(found.heads).toContainEqual(
      expect.objectContaining({ source: 'kept', size: OLDER, standing: 'agrees' }),
    );
  });

  it('verifies a copy of the log alone, by the public key, and says what it cannot tell', async () => {
    await onCopy(prepared, async (folder) => {
      const copy = join(folder, 'copy.db');
      await copyFile(join(folder, 'data', 'event-log.db'), copy);
      await rm(join(folder, 'data'), { recursive: true });
      await rm(join(folder, 'data.secrets'), { recursive: true });
      const key = ['--vkey', prepared.vkey];
      const whole = await verify(folder, '--log', copy, ...key);
      expect(whole.code).toBe(0);
      expect(whole.out).toContain('no vault was asked');
      expect(whole.out).toContain('there was neither anchor nor kept checkpoint');
      expect(await readdir(folder)).toEqual(['copy.db', 'newer.txt', 'older.txt']);

      expect((await verify(folder, '--log', copy)).code).toBe(2);
      const kept = ['--from', join(folder, 'newer.txt')];
      const { code } = await verifiedJson(folder, '--log', copy, ...key, ...kept);
      expect(code).toBe(0);
    });
  });

  it(
    'refuses what it can show nothing of, and never says that it is fine',
    async () => {
      await onCopy(prepared, async (folder) => {
        const copy = join(folder, 'copy.db');
        const refused = async (rule: string, ...args: readonly string[]) => {
          const { code, found } = await verifiedJson(folder, ...args);
          expect([code, found.error]).toEqual([2, rule]);
        };
        const alone = ['--log', copy, '--vkey', prepared.vkey];
        await refused('missing', ...alone);
        await writeFile(copy, 'no log at all, and long enough to be taken for one '.repeat(100));
        await refused('store-corrupt', ...alone);
        await copyFile(join(folder, 'data', 'vault.db'), copy);
        await refused('format-foreign', ...alone);
        await copyFile(join(folder, 'data', 'event-log.db'), copy);
        await refused('file', '--from', join(folder, 'nothing.txt'));
        await refused('checkpoint', '--from', copy);
        await refused('vkey', '--vkey', 'nobody');
        const [vault, away] = [join(folder, 'data', 'vault.db'), join(folder, 'away.db')];
        await rename(vault, away);
        await refused('missing');
        await rename(away, vault);
        remove(folder, 0, OLDER);
        edit(folder, 'log', (db) => {
          db.exec("DELETE FROM events WHERE type = 'CheckpointSigned'");
        });
        await copyFile(join(folder, 'data', 'event-log.db'), copy);
        await refused('unsigned', ...alone);
        remove(folder, 0, NEWER + 1);
        await copyFile(join(folder, 'data', 'event-log.db'), copy);
        await refused('empty', ...alone);
      });
    },
    LIMIT,
  );

  it('takes no other key for that of the ledger', async () => {
    const other = await prepareOther();
    const ran = await verify(prepared.folder, '--vkey', other);
    expect(ran.code).toBe(15);
    const from = await verify(
      prepared.folder,
      ...['--vkey', other, '--from', join(prepared.folder, 'newer.txt')],
    );
    expect(from.code).toBe(2);
  });
});

/** The public key of another ledger of the same name. */
async function prepareOther(): Promise<string> {
  const { generateKeyPairSync } = await import('node:crypto');
  const { nodeCryptography, vkeyOf } = await import('#evidence');
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const publicKey = Buffer.from(x, 'base64url');
  return vkeyOf({ name: 'privacy-ledger.local', type: 'ed25519', publicKey }, nodeCryptography);
}
