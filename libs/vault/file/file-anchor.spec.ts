import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { randomId, setFaultProbe, type LedgerId } from '#kernel';

import type { Anchor } from '../anchor.js';
import { anchorContract, destroyedOf, goneKey, goneKeys, headOf } from '../contract/index.js';
import { openFileAnchor } from './index.js';

const ledger = randomId<LedgerId>();
let root: string;
let file: string;
let anchor: Anchor;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'anchor-'));
  file = join(root, 'secrets', 'anchor.log');
  anchor = await openFileAnchor(file);
});
afterEach(() => {
  setFaultProbe(undefined);
  rmSync(root, { recursive: true, force: true });
});

const UNREADABLE = expect.objectContaining({ name: 'IntegrityError', code: 'anchor-unreadable' });
const text = () => readFileSync(file, 'utf8');

anchorContract('file', async () => ({
  anchor,
  other: () => openFileAnchor(file),
  close: () => anchor.close(),
}));

describe('the file', () => {
  test('is for its owner alone', async () => {
    await anchor.claim(ledger);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('has a line of canonical JSON for the ledger, each key and each head', async () => {
    await anchor.claim(ledger);
    const [{ key, by, at }, { origin, root }] = [goneKey(), headOf(12)];
    await anchor.recordDestroyed([{ key, by, at }]);
    await anchor.claimHead({ origin, root, size: 12 });
    expect(text()).toBe(
      `{"kind":"ledger","ledger":"${ledger}"}\n` +
        `{"at":"${at}","by":"${by}","key":"${key}","kind":"destroyed"}\n` +
        `{"kind":"head","origin":"${origin}","root":"${root}","size":12}\n`,
    );
  });

  test('of before there were heads is read, and gets them', async () => {
    await anchor.claim(ledger);
    const before = goneKeys(2);
    await anchor.recordDestroyed(before);
    const later = await openFileAnchor(file);
    expect(await later.lastHead(headOf(1).origin)).toBeUndefined();
    const head = headOf(1);
    expect(await later.claimHead(head)).toEqual(head);
    expect(await destroyedOf(later)).toEqual(before);
  });

  test('has a key on the disk before the caller goes on', async () => {
    await anchor.claim(ledger);
    let before = '';
    setFaultProbe((point) => {
      if (point === 'anchor.before-append') before = text();
    });
    const noted = goneKey();
    await anchor.recordDestroyed([noted]);
    expect(before).not.toContain(noted.key);
    expect(before).not.toBe('');
    expect(text()).toContain(noted.key);
  });
});

describe('a head', () => {
  test('that was written first counts, also over one that was claimed after looking', async () => {
    await anchor.claim(ledger);
    const other = await openFileAnchor(file);
    const [first, mine] = [headOf(5), headOf(5)];
    // Another process claims when this one has looked and is about to write.
    const line = JSON.stringify({ kind: 'head', origin: first.origin, root: first.root, size: 5 });
    setFaultProbe((point) => {
      if (point === 'anchor.before-append') appendFileSync(file, `${line}\n`);
    });
    expect(await anchor.claimHead(mine)).toEqual(first);
    setFaultProbe(undefined);
    expect(text()).toContain(mine.root);
    expect(await other.claimHead(mine)).toEqual(first);
    expect(await other.lastHead(mine.origin)).toEqual(first);
    expect(await anchor.lastHead(mine.origin)).toEqual(first);
  });

  test('that is claimed again adds no line', async () => {
    await anchor.claim(ledger);
    await anchor.claimHead(headOf(5));
    await anchor.claimHead(headOf(6));
    const before = text();
    await anchor.claimHead(headOf(5));
    await (await openFileAnchor(file)).claimHead(headOf(6));
    expect(text()).toBe(before);
  });

  test('whose line a crash has torn was not claimed', async () => {
    await anchor.claim(ledger);
    const other = await openFileAnchor(file);
    expect(await other.lastHead(headOf(5).origin)).toBeUndefined();
    await anchor.claimHead(headOf(5));
    truncateSync(file, statSync(file).size - 1);
    const next = headOf(5);
    expect(await other.lastHead(next.origin)).toBeUndefined();
    expect(await other.claimHead(next)).toEqual(next);
    expect(await (await openFileAnchor(file)).claimHead(headOf(5))).toEqual(next);
  });

  test('is found among more lines than one page holds, of any size', async () => {
    await anchor.claim(ledger);
    const heads = [3, 1, 2].map((size) => headOf(size));
    for (const head of heads) {
      await anchor.recordDestroyed(goneKeys(700));
      await anchor.claimHead(head);
    }
    const other = await openFileAnchor(file);
    for (const each of [anchor, other]) {
      for (const head of heads) expect(await each.claimHead(headOf(head.size))).toEqual(head);
      expect(await each.lastHead(heads[0]?.origin ?? '')).toEqual(heads[0]);
    }
  });
});

describe('a line that a crash has torn', () => {
  test('is left out when reading, wherever it was torn, and cut off before the next', async () => {
    await anchor.claim(ledger);
    const kept = goneKeys(2);
    await anchor.recordDestroyed(kept);
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 300 }), async (cut) => {
        writeFileSync(file, whole);
        const torn = goneKey();
        await anchor.recordDestroyed([torn]);
        const { size } = statSync(file);
        truncateSync(file, Math.max(whole.length, size - 1 - (cut % (size - whole.length))));
        expect(await destroyedOf(anchor)).toEqual(kept);
        const next = goneKey();
        await anchor.recordDestroyed([next]);
        expect(await destroyedOf(anchor)).toEqual([...kept, next]);
      }),
      { numRuns: 12 },
    );
  });

  test('also a long one, of bytes that were never written', async () => {
    await anchor.claim(ledger);
    appendFileSync(file, Buffer.alloc(100_000));
    expect(await destroyedOf(anchor)).toEqual([]);
    const next = goneKey();
    await anchor.recordDestroyed([next]);
    expect(await destroyedOf(anchor)).toEqual([next]);
    expect(existsSync(`${file}.healing`)).toBe(false);
  });

  test('also the first one', async () => {
    await anchor.claim(ledger);
    truncateSync(file, 10);
    expect(await anchor.ledgerId()).toBeUndefined();
    await anchor.claim(ledger);
    expect(await anchor.ledgerId()).toBe(ledger);
  });

  test('also where the one who cut it off before crashed over it', async () => {
    await anchor.claim(ledger);
    appendFileSync(file, '{"at"');
    writeFileSync(`${file}.healing`, '');
    utimesSync(`${file}.healing`, 0, 0);
    const next = goneKey();
    await anchor.recordDestroyed([next]);
    expect(await destroyedOf(anchor)).toEqual([next]);
  });
});

describe('anything else that cannot be read is refused', () => {
  const line = () => {
    const { key, by, at } = goneKey();
    return JSON.stringify({ at, by, key, kind: 'destroyed' });
  };
  const head = () => {
    const { origin, root, size } = headOf(12);
    return JSON.stringify({ kind: 'head', origin, root, size });
  };
  test.each([
    ['no JSON', () => 'hello'],
    ['another kind', () => '{"kind":"tail"}'],
    ['a head without its parts', () => '{"kind":"head"}'],
    ['a head of half a leaf', () => head().replace('12', '1.5')],
    ['a head with a root in another spelling', () => head().replace(/.(?=","size)/, '=')],
    ['no instant', () => line().replace(/"at":"[^"]*"/, '"at":"then"')],
    ['a second ledger', () => `{"kind":"ledger","ledger":"${ledger}"}`],
    ['another spelling', () => line().replace(',', ', ')],
    ['another field', () => line().replace('}', ',"z":1}')],
    ['no key', () => line().replace(/"key":"[^"]*",/, '')],
    ['an empty line', () => ''],
    ['an array', () => '[]'],
  ])('%s', async (_, made) => {
    await anchor.claim(ledger);
    await anchor.recordDestroyed([goneKey()]);
    appendFileSync(file, `${made()}\n`);
    await expect(destroyedOf(anchor)).rejects.toEqual(UNREADABLE);
    await expect(anchor.lastHead('a')).rejects.toEqual(UNREADABLE);
    await expect(anchor.claimHead(headOf(1))).rejects.toEqual(UNREADABLE);
  });

  test('a file that begins with something else', async () => {
    await anchor.claim(ledger);
    writeFileSync(file, `${line()}\n`);
    await expect(anchor.ledgerId()).rejects.toEqual(UNREADABLE);
    await expect(destroyedOf(anchor)).rejects.toEqual(UNREADABLE);
    await expect(anchor.recordDestroyed([goneKey()])).rejects.toEqual(UNREADABLE);
  });
});

test('a folder that cannot be had is an outage', async () => {
  writeFileSync(join(root, 'secrets'), 'in the way');
  const outage = { name: 'Outage', part: 'anchor' };
  await expect(anchor.claim(ledger)).rejects.toMatchObject(outage);
  await expect(anchor.claimHead(headOf(1))).rejects.toMatchObject(outage);
});
