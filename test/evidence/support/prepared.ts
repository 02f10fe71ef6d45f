import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nodeCryptography, vkeyOf } from '#evidence';
import type { SubjectId } from '#kernel';
import { ManualClock } from '#vault/contract';

import type { Ledger } from '../../../apps/composition/index.js';
import { EvidenceReader, openLedger, signWhile } from '../../../apps/composition/index.js';
import { accepted, asking } from '../../faults/support/asking.js';
import { environmentOf, settingsOf } from '../../faults/support/folder.js';
import { register } from '../../faults/support/people.js';

const PEOPLE = 260;
const CHANGES = 60;
const HOUR = 3_600_000;
/** Everybody is registered at once, which may take a while on servers. */
const PATIENT = { LEDGER_KEY_CACHE_MS: '30000' };

/**
 * A ledger that was made once, for tests that each take a copy: more leaves than a tile holds, and two
 * checkpoints. Nothing but the newer checkpoint's own event came after it.
 */
export interface Prepared {
  readonly folder: string;
  readonly people: readonly SubjectId[];
  /** Sizes that were signed, the older first; their notes lie in `older.txt` and `newer.txt`. */
  readonly sizes: readonly [number, number];
  /** The ledger's public key. */
  readonly vkey: string;
  /** When the newer checkpoint was signed. */
  readonly at: string;
}

/** @param given a folder, perhaps with stores on servers; in a folder of its own if left out */
export async function prepareLedger(given?: string): Promise<Prepared> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'ledger-evidence-')));
  const clock = new ManualClock();
  const ledger = await openLedger({ settings: settingsOf(folder, PATIENT), what: 'test', clock });
  try {
    const names = Array.from({ length: PEOPLE }, (_, n) => `person-${String(n)}`);
    const people = await Promise.all(names.map((name) => register(ledger, name)));
    const first = await signed(ledger, join(folder, 'older.txt'));
    clock.advance(HOUR);
    for (const [n, subject] of people.slice(0, CHANGES).entries()) await change(ledger, subject, n);
    const second = await signed(ledger, join(folder, 'newer.txt'));
    const vkey = await vkeyOf(ledger.evidence.signer.key, nodeCryptography);
    return { folder, people, sizes: [first, second], vkey, at: clock.now() };
  } finally {
    await ledger.close();
  }
}

/** Another email address. */
export async function change(ledger: Ledger, subject: SubjectId, n: number): Promise<void> {
  const changes = { email: `new-${String(n)}@example.fi` };
  const step = `change-${subject}-${String(n)}`;
  accepted(await ledger.commands.on(asking(step), { do: 'update-contact', subject, changes }));
}

/** Signs all that has happened. @returns the size that was signed */
export async function signed(ledger: Ledger, file?: string): Promise<number> {
  const note = await signWhile(ledger, () => new EvidenceReader(ledger).signNow());
  if (note === undefined) throw new Error('nothing was signed');
  if (file !== undefined) await writeFile(file, note);
  return Number(note.split('\n')[1]);
}

/** Works on a copy of a ledger, which is removed afterwards. */
export async function onCopy<T>(
  { folder }: Pick<Prepared, 'folder'>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), 'ledger-evidence-copy-'));
  try {
    await cp(folder, copy, { recursive: true });
    return await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** A checkpoint that was kept beside a prepared ledger. */
export function keptNote(folder: string, which: 'older' | 'newer'): Promise<string> {
  return readFile(join(folder, `${which}.txt`), 'utf8');
}

export { environmentOf, settingsOf };
