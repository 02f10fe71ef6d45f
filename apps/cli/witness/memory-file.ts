import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { WitnessedHead, WitnessMemory } from '#evidence';
import { errorCode, IntegrityError, isJsonObject, Outage } from '#kernel';
import { isHead } from '#vault';

/**
 * What a witness has cosigned, in one file: a JSON object of the logs' origins. It is written whole
 * beside, synced and put in its place: a crash leaves the one or the other.
 */
export class WitnessFile implements WitnessMemory {
  private constructor(
    private readonly path: string,
    private readonly heads: Map<string, WitnessedHead>,
  ) {}

  /** @throws IntegrityError `witness-state` where the file holds anything else: it is not begun anew */
  static async open(path: string): Promise<WitnessFile> {
    return new WitnessFile(path, await read(path));
  }

  last(origin: string): Promise<WitnessedHead | undefined> {
    return Promise.resolve(this.heads.get(origin));
  }

  async remember(origin: string, head: WitnessedHead): Promise<void> {
    const next = new Map(this.heads).set(origin, head);
    await write(this.path, `${JSON.stringify(Object.fromEntries(next), undefined, 2)}\n`);
    this.heads.set(origin, head);
  }
}

async function read(path: string): Promise<Map<string, WitnessedHead>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return new Map();
    throw new Outage('witness', errorCode(error) ?? 'its state cannot be read');
  }
  const heads = headsIn(text);
  if (heads === undefined) {
    throw new IntegrityError('witness-state', 'the state is none that a witness has written');
  }
  return heads;
}

function headsIn(text: string): Map<string, WitnessedHead> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const heads = new Map<string, WitnessedHead>();
  for (const [origin, head] of Object.entries(value)) {
    if (!isJsonObject(head)) return undefined;
    const whole = { origin, size: head.size, root: head.root };
    if (!isHead(whole)) return undefined;
    heads.set(origin, { size: whole.size, root: whole.root });
  }
  return heads;
}

async function write(path: string, text: string): Promise<void> {
  try {
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    const folder = await open(dirname(path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    throw new Outage('witness', errorCode(error) ?? 'its state cannot be written');
  }
}
