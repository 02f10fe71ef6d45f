import { join } from 'node:path';

import { EVIDENCE_STREAM, keptTimestamps, type KeptTimestamp } from '#evidence';

import type { Ledger } from '../../composition/index.js';
import { writeWhole } from './write-whole.js';

/** A timestamp, and the files that `openssl ts -verify` reads. */
export interface TimestampFiles extends KeptTimestamp {
  /** Name of the file with the bytes that were stamped. */
  readonly data: string;
  /** Name of the file with the TimeStampResp. */
  readonly reply: string;
}

/** All timestamps of the log, oldest first. */
export async function* timestampFiles(
  ledger: Pick<Ledger, 'stores'>,
): AsyncGenerator<TimestampFiles, void, void> {
  const taken = new Map<number, number>();
  for await (const kept of keptTimestamps(ledger.stores.log.read(EVIDENCE_STREAM, 0))) {
    // The same size once more: another authority, or another origin.
    const before = taken.get(kept.size) ?? 0;
    taken.set(kept.size, before + 1);
    const name = `${String(kept.size)}${before === 0 ? '' : `-${String(before + 1)}`}`;
    yield { ...kept, data: `${name}.checkpoint`, reply: `${name}.tsr` };
  }
}

/**
 * @param argument what of the command line names the folder
 * @returns how many files were written
 */
export async function writeTimestamps(
  all: AsyncIterable<TimestampFiles> | Iterable<TimestampFiles>,
  folder: string,
  argument: string,
): Promise<number> {
  let files = 0;
  for await (const { note, response, data, reply } of all) {
    await writeWhole(join(folder, data), note, argument);
    await writeWhole(join(folder, reply), Buffer.from(response, 'base64'), argument);
    files += 2;
  }
  return files;
}
