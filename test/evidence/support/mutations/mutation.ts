import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { AuditCode, Fault, Place, Verdict } from '#evidence';

import { FILES } from '../../../../apps/composition/index.js';
import type { Prepared } from '../prepared.js';

/** One way to edit a ledger underneath, and what is to be said of it. */
export interface Mutation {
  readonly name: string;
  /** @param folder a copy of the prepared ledger, which nobody has open */
  readonly mutate: (folder: string, prepared: Prepared) => void | Promise<void>;
  readonly expected: {
    /** Of each verdict but INTACT how many events have it; UNSIGNED is the last checkpoint's own. */
    readonly verdicts: Partial<Record<Verdict, number>>;
    /** Places but those of UNSIGNED, as far as they are told. */
    readonly places: readonly Partial<Place>[];
    readonly exit: AuditCode;
    /** What is wrong and has no place; nothing if left out. */
    readonly faults?: readonly Fault[];
    /** Paths of tiles that are named as damaged; none if left out. */
    readonly tiles?: readonly string[];
  };
  /** A checkpoint that the auditor has kept, and gives; none if left out. */
  readonly kept?: 'older' | 'newer';
}

/** An event of the first tile, whose person has no other. */
export const ONE = 150;
export const OTHER = ONE + 1;
/** Sizes of the prepared ledger: two signed trees, and one event after the second. */
export const OLDER = 262;
export const NEWER = 323;
export const CUT = NEWER - 5;
export const STRANGER = 'customer-00000000-0000-4000-8000-000000000000';
export const STRANGE_ID = '00000000-0000-4000-8000-000000000001';
export const ONE_MORE = { UNSIGNED: 1 } as const;

/** One event that is not what was signed. */
export function altered(at = ONE): Mutation['expected'] {
  return {
    verdicts: { ALTERED: 1, ...ONE_MORE },
    places: [{ verdict: 'ALTERED', at, was: at }],
    exit: 10,
  };
}

/** Takes the whole stored tree away. */
export async function loseTree(folder: string): Promise<void> {
  for (const beside of ['', '-wal', '-shm']) {
    await rm(join(folder, 'data', `${FILES.tree}${beside}`), { force: true });
  }
}
