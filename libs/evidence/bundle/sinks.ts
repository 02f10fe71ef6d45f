import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { errorCode, InvalidInput } from '#kernel';

import { hex, type BundleFile } from '../verifier/index.js';

/** Where the files of a bundle go, one after another. */
export interface BundleSink {
  /** Begins a file; the one before it is ended. */
  begin(name: string): Promise<void>;
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the file that was begun. */
  end(): Promise<void>;
  /** Ends the bundle: it is there from now on. */
  close(): Promise<void>;
  /** Gives it up. */
  abandon(): Promise<void>;
}

const BUFFERED = 256 * 1024;

/** Writes one file: small pieces together, with a hash over them. */
export class BundleWriting {
  readonly #hash = createHash('sha256');
  #pieces: Uint8Array[] = [];
  #buffered = 0;
  #bytes = 0;

  private constructor(
    private readonly sink: BundleSink,
    private readonly name: string,
  ) {}

  static async begin(sink: BundleSink, name: string): Promise<BundleWriting> {
    await sink.begin(name);
    return new BundleWriting(sink, name);
  }

  async write(piece: string | Uint8Array): Promise<void> {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    this.#pieces.push(bytes);
    this.#buffered += bytes.length;
    if (this.#buffered >= BUFFERED) await this.#flush();
  }

  async end(): Promise<BundleFile> {
    await this.#flush();
    await this.sink.end();
    return { name: this.name, bytes: this.#bytes, sha256: hex(this.#hash.digest()) };
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pieces);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    this.#pieces = [];
    this.#buffered = 0;
    if (bytes.length > 0) await this.sink.write(bytes);
  }
}

/** Writes a file that is at hand whole. */
export async function writeFileTo(
  sink: BundleSink,
  name: string,
  content: string | Uint8Array,
): Promise<BundleFile> {
  const writing = await BundleWriting.begin(sink, name);
  await writing.write(content);
  return writing.end();
}

/** What went wrong while a bundle was written, as it is said of the place that was asked for. */
export function unwritable(error: unknown): unknown {
  return errorCode(error) === undefined
    ? error
    : new InvalidInput('--out', 'writable', 'must be a place that can be written');
}

const OWNER_ONLY = 0o700;
const OWNER_FILE = 0o600;

/** A folder, made where there is none. @throws InvalidInput where something is in it */
export class FolderSink implements BundleSink {
  #file: FileHandle | undefined;

  private constructor(private readonly folder: string) {}

  static async open(folder: string): Promise<FolderSink> {
    let found: readonly string[];
    try {
      await mkdir(folder, { recursive: true, mode: OWNER_ONLY });
      found = await readdir(folder);
    } catch (error) {
      throw unwritable(error);
    }
    if (found.length > 0) throw new InvalidInput('--out', 'empty', 'must be an empty folder');
    return new FolderSink(folder);
  }

  async begin(name: string): Promise<void> {
    const path = join(this.folder, name);
    await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY });
    this.#file = await open(path, 'wx', OWNER_FILE);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#file?.writeFile(bytes);
  }

  async end(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async close(): Promise<void> {
    await this.end();
  }

  /** What is written stays: without its header, which comes last, it is no bundle. */
  async abandon(): Promise<void> {
    await this.end();
  }
}
