import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { FolderSink, ZipSink } from '#evidence';
import type { MemoryBundle } from '#evidence/testing';

/** Bundles of a test, on disk. */
export class Shelf {
  #count = 0;

  private constructor(readonly folder: string) {}

  static async make(): Promise<Shelf> {
    return new Shelf(await mkdtemp(join(tmpdir(), 'ledger-bundles-')));
  }

  /** Writes a bundle. @returns where it is */
  async put(bundle: MemoryBundle, kind: 'folder' | 'zip' = 'folder'): Promise<string> {
    this.#count += 1;
    const path = join(this.folder, `bundle-${String(this.#count)}${kind === 'zip' ? '.zip' : ''}`);
    const sink = kind === 'zip' ? await ZipSink.open(path) : await FolderSink.open(path);
    for (const [name, bytes] of bundle.files) {
      await sink.begin(name);
      await sink.write(bytes);
      await sink.end();
    }
    await sink.close();
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** How a run of verify.mjs, as the build made it, ended. */
export interface Verified {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export async function verify(...args: readonly string[]): Promise<Verified> {
  const program = fileURLToPath(new URL('../../../dist/verifier/verify.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LANG: 'C' },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}
