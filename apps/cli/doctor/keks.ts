import type { Instant } from '#kernel';
import { millisOf, plusMillis } from '#kernel';
import type { KekEntry, NamedKek } from '#vault';
import { isOverdue } from '#vault';

import { opens } from '../keys.js';
import type { Check } from './check.js';
import { failure, NotLooked, ok, warning } from './check.js';
import type { Patient } from './patient.js';
import { needed } from './patient.js';
import { spanText } from './texts.js';

/** What the vault names and what lies in the folder, told by age; and which backups still open. */
export async function lookAtKeks(patient: Patient): Promise<readonly Check[]> {
  const there = await patient.keks();
  const vault = await needed('vault', patient.vault());
  if (there.length === 0 && vault.keks.length === 0) throw new NotLooked('there are no KEKs yet');
  const { kekIntervalMillis: intervalMillis, backupMillis } = patient.settings;
  const seen = { now: patient.clock.now(), there, settings: { intervalMillis, backupMillis } };
  return [
    ...vault.keks.flatMap((kek) => lookAtNamed(kek, seen)),
    ...unnamed(vault.keks, there),
    ...vault.keks.map((kek) => ok('backups-open', opens(kek), kek.id)),
  ];
}

interface Seen {
  readonly now: Instant;
  readonly there: readonly KekEntry[];
  readonly settings: { readonly intervalMillis: number; readonly backupMillis: number };
}

function lookAtNamed(kek: NamedKek, seen: Seen): readonly Check[] {
  const isThere = seen.there.some(({ id }) => id === kek.id);
  switch (kek.state) {
    case 'current':
      return [isThere ? current(kek, seen) : missing(kek)];
    case 'retiring':
      return [isThere || !kek.isInUse ? retiring(kek, seen) : missing(kek)];
    case 'retired':
      return isThere ? [cameBack(kek)] : [];
    case 'unnamed':
      return [];
  }
}

function current(kek: NamedKek, { now, settings }: Seen): Check {
  const age = `current, ${spanText(millisOf(now) - millisOf(kek.createdAt))} old`;
  if (isOverdue(kek, now, settings)) {
    return warning('kek-overdue', {
      of: kek.id,
      seen: `${age}: it was to be replaced on ${plusMillis(kek.createdAt, settings.intervalMillis)}`,
      mend: 'see that a server with ROLE=projector or all runs, or: ledger keys rotate',
    });
  }
  return ok(
    'kek',
    `${age}; replaced on ${plusMillis(kek.createdAt, settings.intervalMillis)}`,
    kek.id,
  );
}

function missing({ id, state }: NamedKek): Check {
  return failure('kek-missing', {
    of: id,
    seen: `the vault names it (${state}), and it is not in the secrets folder: what lies under it does not open`,
    mend: 'put the secrets folder back from its backup (not the anchor): nothing was erased',
  });
}

function retiring(kek: NamedKek, { now, settings }: Seen): Check {
  const dueAt = kek.dueAt ?? now;
  const still = kek.isInUse ? '; keys lie under it still' : '';
  if (!isOverdue(kek, now, settings)) {
    return ok(
      'kek',
      `replaced on ${kek.rotatedAt ?? '?'}, destroyed from ${dueAt} on${still}`,
      kek.id,
    );
  }
  return failure('kek-overdue', {
    of: kek.id,
    seen: `was to be destroyed on ${dueAt}, ${spanText(millisOf(now) - millisOf(dueAt))} ago${still}: receipts name that day`,
    mend: 'see that a server with ROLE=projector or all runs; it rewraps what is left and destroys it',
  });
}

function cameBack({ id, retiredAt }: NamedKek): Check {
  return failure('kek-came-back', {
    of: id,
    seen: `was destroyed on ${retiredAt ?? '?'}, and lies in the secrets folder again: old copies open`,
    mend: `destroy keks/${id}.key in the secrets folder, and every backup that it came from`,
  });
}

function unnamed(named: readonly NamedKek[], there: readonly KekEntry[]): readonly Check[] {
  const ids = new Set<string>(named.map(({ id }) => id));
  return there
    .filter(({ id }) => !ids.has(id))
    .map(({ id, createdAt }) =>
      warning('kek-unnamed', {
        of: id,
        seen: `made on ${createdAt}; the vault does not know it: an interrupted rotation, or an old vault`,
        mend: 'if the vault was put back, look for a newer copy of it; else keep the file apart for the backup time',
      }),
    );
}
