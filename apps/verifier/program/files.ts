import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import {
  BundleUnreadable,
  copyInPdf,
  filesInZip,
  isJson,
  isPdf,
  piecesOf,
  textOf,
  type BundleFiles,
  type ByteSource,
} from '#evidence/verifier';

/** A bundle on disk, and the end of reading it. */
export interface OpenBundle {
  readonly files: BundleFiles;
  close(): Promise<void>;
}

/** A file that may be a person's copy: its text, or that of the one attached to a PDF. */
export interface CopyFile {
  /** Undefined where a PDF has none. */
  readonly text: string | undefined;
  readonly isAttachment: boolean;
}

const MOST_COPY = 32 * 1024 * 1024;

/** Reads a file as a copy; undefined where it is something else, such as a bundle. */
export async function copyFileAt(path: string): Promise<CopyFile | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || found.size > MOST_COPY) return undefined;
  const bytes = await readFile(path);
  if (isPdf(bytes)) return { text: await copyInPdf(bytes), isAttachment: true };
  return isJson(bytes) ? { text: textOf(bytes) ?? '', isAttachment: false } : undefined;
}

/** Opens a bundle in a folder, or in a zip. @throws BundleUnreadable where there is neither */
export async function openBundle(path: string): Promise<OpenBundle> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new BundleUnreadable(`${path} is not there`);
  const opened: FileHandle[] = [];
  const source = async (file: string) => {
    const handle = await open(file);
    opened.push(handle);
    return sourceOf(handle);
  };
  const close = async () => {
    for (const handle of opened) await handle.close();
  };
  try {
    const files = found.isDirectory() ? folder(path, source) : await filesInZip(await source(path));
    return { files, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function folder(path: string, source: (file: string) => Promise<ByteSource>): BundleFiles {
  return {
    open: async (name) => {
      // The header names files: it may name anything.
      if (!/^[\w-]+(\.[\w-]+)*(\/[\w-]+(\.[\w-]+)*)?$/.test(name)) return undefined;
      const file = join(path, name);
      const isFile = await stat(file).then(
        (found) => found.isFile(),
        () => false,
      );
      return isFile ? piecesOf(await source(file)) : undefined;
    },
  };
}

async function sourceOf(handle: FileHandle): Promise<ByteSource> {
  const { size } = await handle.stat();
  return {
    size,
    slice: async (from, to) => {
      const buffer = new Uint8Array(Math.max(0, to - from));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      return buffer.subarray(0, bytesRead);
    },
  };
}
