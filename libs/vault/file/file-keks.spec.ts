import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { randomId, setFaultProbe, type KekId, type LedgerId } from '#kernel';

import { ManualClock } from '../contract/index.js';
import type { KekStore } from '../kek.js';
import { openFileKeks } from './index.js';

const ledger = randomId<LedgerId>();
const clock = new ManualClock();
let root: string;
let folder: string;
let keks: KekStore;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'keks-'));
  folder = join(root, 'secrets', 'keks');
  keks = await openFileKeks(folder, clock);
});
afterEach(() => {
  setFaultProbe(undefined);
  rmSync(root, { recursive: true, force: true });
});

const pathOf = (id: KekId) => join(folder, `${id}.key`);
const crashAt = (where: string) => {
  setFaultProbe((point) => {
    if (point === where) throw new Error('crash');
  });
};

describe('making', () => {
  test('keys of 32 random bytes, listed with ledger and age, oldest first', async () => {
    expect(await keks.list()).toEqual([]);
    const [createdAt, one] = [clock.now(), await keks.create(ledger)];
    clock.advance(1_000);
    const two = await keks.create(ledger);
    expect(await keks.list()).toEqual([
      { id: one, ledger, createdAt },
      { id: two, ledger, createdAt: clock.now() },
    ]);
    expect(await keks.get(one)).toHaveLength(32);
    expect(await keks.get(one)).not.toEqual(await keks.get(two));
    expect(await (await openFileKeks(folder, clock)).get(one)).toEqual(await keks.get(one));
  });

  test('files that only their owner may read, in a folder of the same kind', async () => {
    const id = await keks.create(ledger);
    if (process.platform === 'win32') return;
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(pathOf(id)).mode & 0o777).toBe(0o600);
  });

  test('a crash before the name leaves no key', async () => {
    crashAt('kek.create.before-rename');
    await expect(keks.create(ledger)).rejects.toThrow('crash');
    setFaultProbe(undefined);
    expect(await keks.list()).toEqual([]);
  });
});

describe('destroying', () => {
  test('removes the file, and its bytes before that; again changes nothing', async () => {
    const [id, other] = [await keks.create(ledger), await keks.create(ledger)];
    const key = await keks.get(id);
    let overwritten = Buffer.alloc(0);
    setFaultProbe((point) => {
      if (point !== 'kek.destroy.after-overwrite') return;
      overwritten = Buffer.concat(
        readdirSync(folder).map((name) => readFileSync(join(folder, name))),
      );
    });
    await keks.destroy(id);
    expect(overwritten.length).toBeGreaterThan(100);
    expect(overwritten.includes(key)).toBe(false);
    expect(readdirSync(folder)).toEqual([`${other}.key`]);
    await keks.destroy(id);
    await expect(keks.get(id)).rejects.toMatchObject({ name: 'Outage', part: 'kek' });
  });

  test('while another walks through the folder, it is listed or not, and never in the way', async () => {
    const made = await Promise.all(Array.from({ length: 40 }, () => keks.create(ledger)));
    const [listed] = await Promise.all([
      Promise.all(made.map(() => keks.list())),
      Promise.all(made.map((id) => keks.destroy(id))),
    ]);
    expect(listed).toHaveLength(made.length);
    expect(await keks.list()).toEqual([]);
  });

  test('a crash in the middle leaves no damaged key, and the next time ends it', async () => {
    const id = await keks.create(ledger);
    crashAt('kek.destroy.after-overwrite');
    await expect(keks.destroy(id)).rejects.toThrow('crash');
    setFaultProbe(undefined);
    expect(await keks.list()).toEqual([]);
    await keks.destroy(id);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('what is not a key', () => {
  test('a key that is not there is an outage, not an end', async () => {
    await expect(keks.get(randomId())).rejects.toMatchObject({ name: 'Outage', reason: 'enoent' });
    await keks.destroy(randomId());
    expect(existsSync(folder)).toBe(false);
  });

  test('a damaged file is refused, wherever it is damaged, and not quoted', async () => {
    const id = await keks.create(ledger);
    const whole = readFileSync(pathOf(id));
    const refused = expect.objectContaining({ name: 'IntegrityError', code: 'kek-unreadable' });
    for (let at = 0; at < whole.length; at += 7) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
      writeFileSync(pathOf(id), bytes);
      await expect(keks.get(id)).rejects.toEqual(refused);
      await expect(keks.list()).rejects.toEqual(refused);
    }
    for (const bytes of [whole.subarray(1), whole.subarray(0, 40), Buffer.alloc(0)]) {
      writeFileSync(pathOf(id), bytes);
      await expect(keks.get(id)).rejects.toEqual(refused);
    }
  });

  test('a key under the name of another is refused; other files are passed over', async () => {
    const id = await keks.create(ledger);
    const other = randomId<KekId>();
    writeFileSync(join(folder, 'README.txt'), 'not a key');
    writeFileSync(join(folder, 'x.key'), 'not a key');
    expect(await keks.list()).toHaveLength(1);
    writeFileSync(pathOf(other), readFileSync(pathOf(id)));
    await expect(keks.get(other)).rejects.toMatchObject({ code: 'kek-unreadable' });
  });
});
