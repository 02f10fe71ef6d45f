import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Instant } from '#kernel';
import { errorCode, isJsonObject, Outage } from '#kernel';
import type { KekEntry, NamedKek } from '#vault';

import { FILES } from '../../composition/index.js';
import type { Check } from './check.js';
import { advice, failure, ok, warning } from './check.js';
import type { Patient } from './patient.js';
import { needed } from './patient.js';

/** The copies of the vault in LEDGER_BACKUP: whose, since when, until when, and whether they open. */
export async function lookAtBackups(patient: Patient): Promise<readonly Check[]> {
  const { backup, vaultUrl } = patient.settings;
  if (vaultUrl !== '') return [elsewhere(backup)];
  const vault = await needed('vault', patient.vault());
  if (backup === '') return [none()];
  const seen = {
    ledger: vault.ledger,
    now: patient.clock.now(),
    keks: vault.keks,
    there: await needed('KEKs', patient.keks()),
  };
  const copies = await copiesIn(backup);
  return [...copies.map((copy) => lookAtCopy(copy, seen)), ...newest(copies, seen)];
}

interface Seen {
  readonly ledger: string | undefined;
  readonly now: Instant;
  readonly keks: readonly NamedKek[];
  readonly there: readonly KekEntry[];
}

/** A copy of a vault, as its label has it. */
interface Copy {
  /** Its folder, within the folder of all. */
  readonly name: string;
  readonly ledger: string;
  readonly takenAt: string;
  readonly expiresAt: string;
  readonly isWhole: boolean;
}

function none(): Check {
  return advice('backups', {
    seen: 'LEDGER_BACKUP names no folder: no copy of the vault is taken after a rotation',
    mend: 'set it, or take a copy after each rotation yourself: ledger backup DIR',
  });
}

function elsewhere(backup: string): Check {
  if (backup === '') return ok('backups', "the vault is on MongoDB: backups are that one's own");
  return warning('backups', {
    seen: 'LEDGER_BACKUP is set, and the vault is on MongoDB: nothing is copied there',
    mend: "take LEDGER_BACKUP away; back the vault up with MongoDB's own tools, with expiry",
  });
}

async function copiesIn(folder: string): Promise<readonly Copy[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw new Outage('backups', (errorCode(error) ?? 'unknown').toLowerCase());
  });
  const copies = await Promise.all(names.sort().map((name) => copyIn(folder, join(name, 'vault'))));
  return copies.flatMap((copy) => copy ?? []);
}

/** What is no label of ours is somebody else's file. */
async function copyIn(folder: string, name: string): Promise<Copy | undefined> {
  try {
    const label: unknown = JSON.parse(await readFile(join(folder, name, 'backup.json'), 'utf8'));
    if (!isJsonObject(label) || label.what !== 'vault') return undefined;
    const { ledger, takenAt, expiresAt } = label;
    if (typeof ledger !== 'string') return undefined;
    if (typeof takenAt !== 'string' || typeof expiresAt !== 'string') return undefined;
    const file = await stat(join(folder, name, FILES.vault)).catch(() => undefined);
    return { name, ledger, takenAt, expiresAt, isWhole: file !== undefined };
  } catch {
    return undefined;
  }
}

function lookAtCopy(copy: Copy, seen: Seen): Check {
  const { name, ledger, takenAt, expiresAt, isWhole } = copy;
  const span = `taken ${takenAt}, expires ${expiresAt}`;
  if (ledger !== seen.ledger) {
    return advice('backup-foreign', {
      of: name,
      seen: `of another ledger (${ledger}), ${span}: this one does not remove it`,
      mend: 'move it to a folder of its own, and see that it goes when it expires',
    });
  }
  if (expiresAt <= seen.now) {
    return failure('backup-expired', {
      of: name,
      seen: `${span}, and is still there: ${opens(copy, seen) ? 'it opens, with keys of people who were erased since' : 'it opens no more'}`,
      mend: 'remove its folder, and every copy of it elsewhere',
    });
  }
  if (!isWhole) {
    return warning('backup-broken', {
      of: name,
      seen: `${span}: there is a label and no copy; it was interrupted`,
      mend: 'remove its folder, and take another: ledger backup DIR',
    });
  }
  if (!opens(copy, seen)) {
    return warning('backup-closed', {
      of: name,
      seen: `${span}: the KEK of its time is not in the secrets folder, so it opens nothing`,
      mend: 'take a fresh one: ledger backup DIR; if the KEK should be there, put it back from its backup',
    });
  }
  return ok('backup', `${span}; opens`, name);
}

/** Whether a KEK under which the vault wrapped when a copy was taken can still be had. */
function opens({ takenAt }: Copy, { keks, there }: Seen): boolean {
  return keks
    .filter(({ createdAt, rotatedAt }) => createdAt <= takenAt && takenAt <= (rotatedAt ?? takenAt))
    .some(({ id }) => there.some((entry) => entry.id === id));
}

/** What is not in a copy under the current KEK cannot be put back once the older ones have ended. */
function newest(copies: readonly Copy[], { ledger, keks, now }: Seen): readonly Check[] {
  const current = keks.find(({ state }) => state === 'current');
  const isFresh = copies.some(
    (copy) =>
      copy.ledger === ledger &&
      copy.isWhole &&
      copy.expiresAt > now &&
      copy.takenAt >= (current?.createdAt ?? ''),
  );
  if (isFresh) return [];
  const hasRotated = keks.length > 1;
  const mend = 'take one now: ledger backup DIR';
  return hasRotated
    ? [warning('backups', { seen: 'no copy is newer than the last rotation', mend })]
    : [advice('backups', { seen: 'there is no copy yet: the first comes with a rotation', mend })];
}
