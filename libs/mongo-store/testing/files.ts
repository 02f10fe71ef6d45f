import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '#kernel';

const CHUNK_BYTES = 1_024 * 1_024;
/** What servers have allotted and not written yet. */
const NOTHING = Buffer.alloc(CHUNK_BYTES);

/** Where bytes were found. */
export interface Found {
  readonly file: string;
  readonly offset: number;
}

/** The folder of each server. */
export async function serverFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

/** The first place in the files of a folder of each of the bytes looked for, in their order. */
export async function findInFiles(
  folder: string,
  needles: readonly Buffer[],
): Promise<readonly (Found | undefined)[]> {
  const found: (Found | undefined)[] = needles.map(() => undefined);
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    await inChunks(file, Math.max(...needles.map(({ length }) => length)), (bytes, at) => {
      for (const [n, needle] of needles.entries()) {
        const place = found[n] === undefined ? bytes.indexOf(needle) : -1;
        if (place !== -1) found[n] = { file, offset: at + place };
      }
    });
  }
  return found;
}

/** Parts of a file that overlap, so that nothing is missed between them; none if it is gone. */
async function inChunks(
  file: string,
  overlap: number,
  look: (bytes: Buffer, offset: number) => void,
): Promise<void> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return;
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; ; at += CHUNK_BYTES - overlap) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, at);
      const bytes = buffer.subarray(0, bytesRead);
      if (!bytes.equals(NOTHING.subarray(0, bytesRead))) look(bytes, at);
      if (bytesRead < CHUNK_BYTES) return;
    }
  } finally {
    await handle.close();
  }
}

/** The bytes at a place. */
export async function bytesAt({ file, offset }: Found, length: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    await handle.read(bytes, 0, length, offset);
    return bytes;
  } finally {
    await handle.close();
  }
}
