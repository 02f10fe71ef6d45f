import { readFileSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode, Outage } from '#kernel';

const OWNER_ONLY = 0o700;
const OWNER_FILE = 0o600;

/** The files beside the KEKs: signing key, admin token, marker of a first start. */
export class SecretsFolder {
  constructor(readonly path: string) {}

  /** Where KEKs lie. */
  get keks(): string {
    return join(this.path, 'keks');
  }

  /** The anchor's file. */
  get anchor(): string {
    return join(this.path, 'anchor.log');
  }

  /** Where the first start leaves the admin token. */
  get adminToken(): string {
    return join(this.path, 'admin-token.txt');
  }

  /** Makes the folder, and takes it from everyone else if it lay open. */
  async prepare(): Promise<void> {
    await guarded(async () => {
      await mkdir(this.path, { recursive: true, mode: OWNER_ONLY });
      await chmod(this.path, OWNER_ONLY);
    });
  }

  /** Text of a file, undefined where there is none. */
  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.path, name), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw new Outage('secrets', errorCode(error) ?? 'cannot be read', { cause: error });
    }
  }

  /** As {@link read}, at once: for a small file that may change while the process runs. */
  readNow(name: string): string | undefined {
    try {
      return readFileSync(join(this.path, name), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw new Outage('secrets', errorCode(error) ?? 'cannot be read', { cause: error });
    }
  }

  /** Puts a file in the place of another, durably. */
  async replace(name: string, by: string): Promise<void> {
    await guarded(async () => {
      await rename(join(this.path, by), join(this.path, name));
      await this.#syncFolder();
    });
  }

  /** Writes a file whole and durably, or not at all. */
  async write(name: string, text: string): Promise<void> {
    await guarded(async () => {
      const target = join(this.path, name);
      const file = await open(`${target}.new`, 'w', OWNER_FILE);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${target}.new`, target);
      await this.#syncFolder();
    });
  }

  async remove(name: string): Promise<void> {
    await guarded(async () => {
      await rm(join(this.path, name), { force: true });
      await this.#syncFolder();
    });
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Outage('secrets', errorCode(error) ?? 'cannot be written', { cause: error });
  }
}
