import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { InvalidInput } from '#kernel';

/**
 * Writes a file and the folders to it. One that is there is whole, also where a run was cut short.
 * @param argument what of the command line names the folder
 * @throws InvalidInput
 */
export async function writeWhole(
  file: string,
  bytes: Buffer | string,
  argument: string,
): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, bytes);
    await rename(`${file}.new`, file);
  } catch {
    throw new InvalidInput(argument, 'writable', 'must be a folder that can be written');
  }
}
