import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  errorCode,
  faultPoint,
  isUuid,
  randomId,
  type Clock,
  type KekId,
  type LedgerId,
} from '#kernel';

import type { KekEntry, KekStore } from '../kek.js';
import { KEY_BYTES } from '../sealing.js';
import { makePrivateFolder, onFiles, statOf, syncFolder } from './files.js';
import { decodeKek, encodeKek, type KekFile } from './kek-file.js';

const PART = 'kek';
const SUFFIX = '.key';

/**
 * Opens a folder of KEKs.
 * @param folder made with the first key; a folder that is not there holds no keys
 */
export async function openFileKeks(folder: string, clock: Clock): Promise<KekStore> {
  return new FileKeks(folder, clock);
}

/**
 * KEKs as files `<id>.key` of one folder, for their owner alone (0600 in a folder 0700). What a
 * destroyed one leaves behind is up to the medium: it is overwritten and removed.
 */
class FileKeks implements KekStore {
  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<readonly KekEntry[]> {
    return onFiles(PART, async () => {
      if ((await statOf(this.folder)) === undefined) return [];
      const entries: KekEntry[] = [];
      for (const name of await readdir(this.folder)) {
        const id = idOf(name);
        if (id === undefined) continue;
        // Another process may destroy it while the folder is walked.
        const read = await unlessGone(() => this.#read(id));
        if (read === undefined) continue;
        const { key, ...entry } = read;
        key.fill(0);
        entries.push(entry);
      }
      return entries.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    });
  }

  async get(id: KekId): Promise<Buffer> {
    return (await onFiles(PART, () => this.#read(id))).key;
  }

  async create(ledger: LedgerId): Promise<KekId> {
    return onFiles(PART, async () => {
      await makePrivateFolder(this.folder);
      const id = randomId<KekId>();
      const key = randomBytes(KEY_BYTES);
      const bytes = encodeKek({ id, ledger, createdAt: this.clock.now(), key });
      key.fill(0);
      await this.#write(id, bytes);
      bytes.fill(0);
      return id;
    });
  }

  async destroy(id: KekId): Promise<void> {
    await onFiles(PART, async () => {
      const [path, ending] = [this.#path(id), `${this.#path(id)}.ending`];
      // Out of the list first: what is half overwritten is not a damaged key.
      if ((await statOf(path)) !== undefined) await unlessGone(() => rename(path, ending));
      const size = (await statOf(ending))?.size;
      if (size === undefined) return;
      await syncFolder(this.folder);
      await unlessGone(() => overwrite(ending, size));
      faultPoint('kek.destroy.after-overwrite');
      await rm(ending, { force: true });
      await syncFolder(this.folder);
    });
  }

  async #read(id: KekId): Promise<KekFile> {
    const bytes = await readFile(this.#path(id));
    const kek = decodeKek(bytes, id);
    bytes.fill(0);
    return kek;
  }

  /** Under another name until it is whole and on the disk. */
  async #write(id: KekId, bytes: Buffer): Promise<void> {
    const path = this.#path(id);
    const handle = await open(`${path}.part`, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    faultPoint('kek.create.before-rename');
    await rename(`${path}.part`, path);
    await syncFolder(this.folder);
    faultPoint('kek.create.after-rename');
  }

  #path(id: KekId): string {
    return join(this.folder, `${id}${SUFFIX}`);
  }
}

/** Another process that destroys the same key may have been faster. */
async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

async function overwrite(path: string, size: number): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.write(randomBytes(size), 0, size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function idOf(name: string): KekId | undefined {
  const id = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : '';
  return isUuid(id) ? (id as KekId) : undefined;
}
