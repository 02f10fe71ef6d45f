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

import { instantOf, randomId, setFaultProbe, type LedgerId } from '#kernel';

import type { Anchor, AnchoredKey } from '../anchor.js';
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

const gone = (): AnchoredKey => ({ key: randomId(), by: randomId(), at: instantOf(Date.now()) });
const many = (count: number) => Array.from({ length: count }, gone);
const UNREADABLE = expect.objectContaining({ name: 'IntegrityError', code: 'anchor-unreadable' });

async function all(from = anchor): Promise<AnchoredKey[]> {
  const keys: AnchoredKey[] = [];
  for await (const page of from.destroyed()) keys.push(...page);
  return keys;
}

describe('the ledger', () => {
  test('is claimed once, again for the same, never for another', async () => {
    expect(await anchor.ledgerId()).toBeUndefined();
    expect(await all()).toEqual([]);
    await anchor.claim(ledger);
    await anchor.claim(ledger);
    expect(await anchor.ledgerId()).toBe(ledger);
    expect(await (await openFileAnchor(file)).ledgerId()).toBe(ledger);
    await expect(anchor.claim(randomId())).rejects.toMatchObject({ code: 'ledger-id-differs' });
    expect(readFileSync(file, 'utf8')).toBe(`{"kind":"ledger","ledger":"${ledger}"}\n`);
  });

  test('must be known before a key is noted', async () => {
    await expect(anchor.recordDestroyed([gone()])).rejects.toMatchObject({
      code: 'anchor-unclaimed',
    });
  });

  test('the file is for its owner alone', async () => {
    await anchor.claim(ledger);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('destroyed keys', () => {
  test('are read in the order they were noted, by whom and whenever', async () => {
    await anchor.claim(ledger);
    const [first, second] = [many(3), many(700)];
    await anchor.recordDestroyed(first);
    await (await openFileAnchor(file)).recordDestroyed(second);
    await anchor.recordDestroyed([]);
    expect(await all()).toEqual([...first, ...second]);
  });

  test('noted at once by several, in one process or two, are all there', async () => {
    await anchor.claim(ledger);
    const other = await openFileAnchor(file);
    const batches = Array.from({ length: 30 }, () => many(5));
    await Promise.all(
      batches.map((batch, at) => (at % 2 === 0 ? anchor : other).recordDestroyed(batch)),
    );
    const sorted = (keys: readonly AnchoredKey[]) => keys.map((each) => each.key).sort();
    expect(sorted(await all())).toEqual(sorted(batches.flat()));
  });

  test('are on the disk before the caller goes on', async () => {
    await anchor.claim(ledger);
    const noted = gone();
    let before = '';
    setFaultProbe((point) => {
      if (point === 'anchor.before-append') before = readFileSync(file, 'utf8');
    });
    await anchor.recordDestroyed([noted]);
    expect(before).not.toContain(noted.key);
    const line = `{"at":"${noted.at}","by":"${noted.by}","key":"${noted.key}","kind":"destroyed"}\n`;
    expect(readFileSync(file, 'utf8')).toBe(before + line);
  });
});

describe('a line that a crash has torn', () => {
  test('is left out when reading, wherever it was torn, and cut off before the next', async () => {
    await anchor.claim(ledger);
    const kept = many(2);
    await anchor.recordDestroyed(kept);
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 300 }), async (cut) => {
        writeFileSync(file, whole);
        const torn = gone();
        await anchor.recordDestroyed([torn]);
        const { size } = statSync(file);
        truncateSync(file, Math.max(whole.length, size - 1 - (cut % (size - whole.length))));
        expect(await all()).toEqual(kept);
        const next = gone();
        await anchor.recordDestroyed([next]);
        expect(await all()).toEqual([...kept, next]);
      }),
      { numRuns: 12 },
    );
  });

  test('also a long one, of bytes that were never written', async () => {
    await anchor.claim(ledger);
    appendFileSync(file, Buffer.alloc(100_000));
    expect(await all()).toEqual([]);
    const next = gone();
    await anchor.recordDestroyed([next]);
    expect(await all()).toEqual([next]);
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
    const next = gone();
    await anchor.recordDestroyed([next]);
    expect(await all()).toEqual([next]);
  });
});

describe('anything else that cannot be read is refused', () => {
  const line = () => {
    const { key, by, at } = gone();
    return JSON.stringify({ at, by, key, kind: 'destroyed' });
  };
  test.each([
    ['no JSON', () => 'hello'],
    ['another kind', () => '{"kind":"head"}'],
    ['a second ledger', () => `{"kind":"ledger","ledger":"${ledger}"}`],
    ['another spelling', () => line().replace(',', ', ')],
    ['another field', () => line().replace('}', ',"z":1}')],
    ['no key', () => line().replace(/"key":"[^"]*",/, '')],
    ['an empty line', () => ''],
    ['an array', () => '[]'],
  ])('%s', async (_, text) => {
    await anchor.claim(ledger);
    await anchor.recordDestroyed([gone()]);
    appendFileSync(file, `${text()}\n`);
    await expect(all()).rejects.toEqual(UNREADABLE);
  });

  test('a file that begins with something else', async () => {
    await anchor.claim(ledger);
    writeFileSync(file, `${line()}\n`);
    await expect(anchor.ledgerId()).rejects.toEqual(UNREADABLE);
    await expect(all()).rejects.toEqual(UNREADABLE);
    await expect(anchor.recordDestroyed([gone()])).rejects.toEqual(UNREADABLE);
  });
});

test('a folder that cannot be had is an outage', async () => {
  writeFileSync(join(root, 'secrets'), 'in the way');
  await expect(anchor.claim(ledger)).rejects.toMatchObject({ name: 'Outage', part: 'anchor' });
});
