import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

import { InvalidInput } from '#kernel';

import type { BundleSink } from './sinks.js';
import { unwritable } from './sinks.js';

/** A file in the zip, as the directory at its end tells of it. */
interface Entry {
  readonly name: Buffer;
  readonly at: number;
  crc: number;
  packed: number;
  size: number;
}

const VERSION = 20;
/** Sizes come after the content; names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
/** 1 January 1980: the header says when the bundle was made. */
const DATE = 0x0021;
/** Beyond this the format needs fields that not everything reads. */
const MOST = 0xfffffffe;
const OWNER_FILE = 0o600;

const deflate = promisify(deflateRaw);
const NOTHING = Buffer.alloc(0);

/** A zip (PKWARE APPNOTE.TXT) up to 4 GB, written from its beginning to its end. */
export class ZipSink implements BundleSink {
  readonly #entries: Entry[] = [];
  #at = 0;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async open(path: string): Promise<ZipSink> {
    try {
      return new ZipSink(path, await open(`${path}.new`, 'w', OWNER_FILE));
    } catch (error) {
      throw unwritable(error);
    }
  }

  async begin(name: string): Promise<void> {
    const entry = { name: Buffer.from(name), at: this.#at, crc: 0, packed: 0, size: 0 };
    this.#entries.push(entry);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    shared(entry, { crc: 0, packed: 0, size: 0 }).copy(header, 4);
    await this.#append(header, entry.name);
  }

  async write(bytes: Uint8Array): Promise<void> {
    const entry = this.#entries.at(-1);
    if (entry === undefined) return;
    entry.crc = crc32(bytes, entry.crc);
    entry.size += bytes.length;
    // Each piece ends at a whole byte, so that the next can stand behind it.
    await this.#pack(entry, bytes, constants.Z_SYNC_FLUSH);
  }

  async end(): Promise<void> {
    const entry = this.#entries.at(-1);
    if (entry === undefined) return;
    await this.#pack(entry, NOTHING, constants.Z_FINISH);
    if (entry.size > MOST) throw tooLarge();
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt32LE(0x08074b50, 0);
    descriptor.writeUInt32LE(entry.crc, 4);
    descriptor.writeUInt32LE(entry.packed, 8);
    descriptor.writeUInt32LE(entry.size, 12);
    await this.#append(descriptor);
  }

  async close(): Promise<void> {
    const at = this.#at;
    for (const entry of this.#entries) {
      const header = Buffer.alloc(46);
      header.writeUInt32LE(0x02014b50, 0);
      header.writeUInt16LE(VERSION, 4);
      shared(entry, entry).copy(header, 6);
      header.writeUInt32LE(entry.at, 42);
      await this.#append(header, entry.name);
    }
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    if (this.#entries.length > 0xfffe) throw tooLarge();
    end.writeUInt16LE(this.#entries.length, 8);
    end.writeUInt16LE(this.#entries.length, 10);
    end.writeUInt32LE(this.#at - at, 12);
    end.writeUInt32LE(at, 16);
    await this.#append(end);
    await this.file.close();
    await rename(`${this.path}.new`, this.path);
  }

  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(`${this.path}.new`, { force: true });
  }

  async #pack(entry: Entry, bytes: Uint8Array, finishFlush: number): Promise<void> {
    const packed = await deflate(bytes, { finishFlush });
    entry.packed += packed.length;
    await this.#append(packed);
  }

  async #append(...parts: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(parts);
    this.#at += bytes.length;
    if (this.#at > MOST) throw tooLarge();
    await this.file.writeFile(bytes);
  }
}

/** What header and directory both say of a file. */
function shared(
  { name }: Entry,
  { crc, packed, size }: Pick<Entry, 'crc' | 'packed' | 'size'>,
): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(VERSION, 0);
  fields.writeUInt16LE(FLAGS, 2);
  fields.writeUInt16LE(DEFLATED, 4);
  fields.writeUInt16LE(DATE, 8);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(packed, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

function tooLarge(): InvalidInput {
  return new InvalidInput('--out', 'too-large', 'is more than a zip holds: name a folder');
}
