import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  BundleUnreadable,
  filesInZip,
  isZip,
  prefixOf,
  type ByteSource,
} from '../verifier/index.js';
import { FolderSink, writeFileTo } from './sinks.js';
import { ZipSink } from './zip-sink.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-zip-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const names = fc
  .tuple(fc.constantFrom('', 'receipts/'), fc.stringMatching(/^[a-z]{1,8}$/))
  .map((parts) => parts.join(''));
const contents = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }),
  fc.nat(300_000).map((length) => new Uint8Array(length).fill(97)),
);

async function zipped(files: Iterable<readonly [string, Uint8Array]>): Promise<Buffer> {
  const path = join(folder, 'bundle.zip');
  const sink = await ZipSink.open(path);
  for (const [name, content] of files) await writeFileTo(sink, name, content);
  await sink.close();
  return readFile(path);
}

function sourceOf(bytes: Buffer): ByteSource {
  return { size: bytes.length, slice: async (from, to) => bytes.subarray(from, to) };
}

async function contentIn(bytes: Buffer, name: string): Promise<Buffer | undefined> {
  const pieces = await (await filesInZip(sourceOf(bytes))).open(name);
  if (pieces === undefined) return undefined;
  const read: Uint8Array[] = [];
  for await (const piece of pieces) read.push(piece);
  return Buffer.concat(read);
}

describe('a zip', () => {
  it('gives back what was put in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(names, contents), { selector: ([n]) => n }),
        async (some) => {
          const files = [['bundle.json', Buffer.from('{}')] as const, ...some];
          const bytes = await zipped(files);
          for (const [name, content] of files) {
            expect((await contentIn(bytes, name))?.equals(content)).toBe(true);
          }
          expect(await contentIn(bytes, 'another')).toBeUndefined();
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is one that others read', async () => {
    await zipped([
      ['bundle.json', Buffer.from('{}')],
      ['receipts/1.json', Buffer.alloc(99_999, 1)],
    ]);
    const script =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist())';
    const read = execFileSync('python3', ['-c', script, join(folder, 'bundle.zip')], {
      encoding: 'utf8',
    });
    expect(read).toBe("None ['bundle.json', 'receipts/1.json']\n");
  });

  it('begins as one does, and is there only when it is whole', async () => {
    expect(isZip(await zipped([['bundle.json', Buffer.from('{}')]]))).toBe(true);
    expect(isZip(Buffer.from('PK'))).toBe(false);
    const sink = await ZipSink.open(join(folder, 'other.zip'));
    await writeFileTo(sink, 'bundle.json', '{}');
    expect(await readdir(folder)).not.toContain('other.zip');
    await sink.abandon();
    expect(await readdir(folder)).toEqual(['bundle.zip']);
  });

  it('that is damaged gives what is there, or says so, and never hangs', async () => {
    const whole = await zipped([
      ['bundle.json', Buffer.from('{}')],
      ['events.jsonl', Buffer.alloc(5_000, 'events ')],
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.nat(7),
        fc.boolean(),
        async (at, bit, isCut) => {
          const bytes = Buffer.from(isCut ? whole.subarray(0, at) : whole);
          if (!isCut) bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
          const outcome = await contentIn(bytes, 'events.jsonl').catch((error: unknown) => error);
          const isTold = outcome instanceof BundleUnreadable;
          expect(isTold || outcome === undefined || Buffer.isBuffer(outcome)).toBe(true);
          expect(isTold || !isCut).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that claims to unpack to more than it says is damaged', async () => {
    const whole = await zipped([['bundle.json', Buffer.alloc(100_000)]]);
    const at = whole.lastIndexOf(Buffer.from('504b0102', 'hex'));
    whole.writeUInt32LE(50_000, at + 24);
    await expect(contentIn(whole, 'bundle.json')).rejects.toThrow(BundleUnreadable);
    let given = 0;
    const pieces = await (await filesInZip(sourceOf(whole))).open('bundle.json');
    const read = async () => {
      for await (const piece of pieces ?? []) given += piece.length;
    };
    await expect(read()).rejects.toThrow(BundleUnreadable);
    expect(given).toBeLessThanOrEqual(50_000);
  });

  it.each([
    [['bundle.json', 'x/bundle.json'], ''],
    [['a/b/bundle.json', 'a/bundle.json'], 'a/'],
    [['events.jsonl'], ''],
  ])('of %j has its bundle in "%s"', (found, prefix) => {
    expect(prefixOf(found)).toBe(prefix);
  });
});

describe('a folder', () => {
  it('takes files, and is refused where something is in it', async () => {
    const sink = await FolderSink.open(join(folder, 'new', 'bundle'));
    const file = await writeFileTo(sink, 'receipts/1.json', 'abc');
    expect(file).toEqual({
      name: 'receipts/1.json',
      bytes: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
    await sink.close();
    expect(await readFile(join(folder, 'new/bundle/receipts/1.json'), 'utf8')).toBe('abc');
    await expect(FolderSink.open(join(folder, 'new'))).rejects.toMatchObject({ rule: 'empty' });
  });

  it('or a zip that cannot be written is refused, by the option', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const opens = [() => FolderSink.open(join(file, 'x')), () => ZipSink.open(join(file, 'x.zip'))];
    for (const open of opens) {
      await expect(open()).rejects.toMatchObject({ field: '--out', rule: 'writable' });
    }
  });
});
