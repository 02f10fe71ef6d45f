import { readFile } from 'node:fs/promises';

/** What the build makes for people without a ledger: a page that opens from disk, a program for Node. */
export const VERIFIERS = ['verify.html', 'verify.mjs'] as const;
export type Verifier = (typeof VERIFIERS)[number];

/** Where the build leaves them. Under a test runner this file is a source. */
const BUILT = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/verifier/', import.meta.url)
  : new URL('../../verifier/', import.meta.url);

/** One of them, as the build made it. */
export function readVerifier(name: Verifier): Promise<Buffer> {
  return readFile(new URL(name, BUILT));
}
