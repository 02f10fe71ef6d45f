import { VERDICT_EXITS } from '#evidence/verifier';
import type { Refusal } from '#kernel';
import { InvalidInput, IntegrityError, Outage } from '#kernel';

/** How a command ends: the one table of exit codes, which every help shows. */
export const EXITS = {
  ok: { code: 0, says: 'done' },
  defect: { code: 1, says: 'a defect, or stores that contradict each other: nothing is certain' },
  usage: { code: 2, says: 'bad usage or input: nothing was done' },
  rowsRefused: { code: 3, says: 'import only: done, but some rows were refused' },
  outage: { code: 4, says: 'a store is out: run it again, it goes on where it was' },
  refused: { code: 5, says: 'refused as things are in the ledger, or there is no such thing' },
  unwell: { code: 6, says: 'doctor only: something has failed, and it says what to do' },
  warned: { code: 7, says: 'doctor only: nothing has failed, and something is about to' },
  altered: { code: VERDICT_EXITS.ALTERED, says: 'verify only: an event is not what was signed' },
  missing: {
    code: VERDICT_EXITS.MISSING,
    says: 'verify only: an event that was there is gone, or hidden',
  },
  inserted: { code: VERDICT_EXITS.INSERTED, says: 'verify only: an event was slipped in' },
  reordered: {
    code: VERDICT_EXITS.REORDERED,
    says: 'verify only: events stand in another order than was signed',
  },
  lost: {
    code: VERDICT_EXITS.LOST,
    says: 'verify only: a key is gone, and nothing in the log ended it',
  },
  unproven: {
    code: VERDICT_EXITS.unproven,
    says: 'verify only: a signature is wrong, a root differs, or something is not signed for too long',
  },
  contradicted: {
    code: VERDICT_EXITS.keptDiffers,
    says: 'verify only: the same against the anchor or a kept checkpoint',
  },
  interrupted: { code: 130, says: 'interrupted: what was acknowledged stays' },
} as const satisfies Record<string, { readonly code: number; readonly says: string }>;

export type Exit = keyof typeof EXITS;

/** The table as help shows it. */
export const EXITS_HELP = [
  '',
  'Exit codes:',
  ...Object.values(EXITS).map(({ code, says }) => `  ${String(code).padEnd(4)} ${says}`),
].join('\n');

/** A refusal that ends a command. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(readonly refusal: Refusal) {
    super(refusal.detail);
  }
}

/** A failure that another thread has told. */
export class Failed extends Error {
  override readonly name = 'Failed';

  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** What is said of a failure, and how the command ends. Nothing in it is personal. */
export interface Failure {
  readonly exit: Exit;
  readonly code: string;
  readonly message: string;
}

/** Tells failures apart; the message of one that is unknown might quote what it should not. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failed) return error.failure;
  if (error instanceof Refused) {
    return { exit: 'refused', code: error.refusal.code, message: error.message };
  }
  if (error instanceof InvalidInput) {
    return { exit: 'usage', code: error.rule, message: `${error.field}: ${error.hint}` };
  }
  if (error instanceof Outage) return { exit: 'outage', code: error.part, message: error.message };
  if (error instanceof IntegrityError) {
    return { exit: 'defect', code: error.code, message: error.message };
  }
  return { exit: 'defect', code: 'defect', message: `an unexpected fault (${nameOf(error)})` };
}

function nameOf(error: unknown): string {
  const named = typeof error === 'object' && error !== null ? error : {};
  const name = 'name' in named ? String(named.name) : 'unknown';
  return 'code' in named ? `${name} ${String(named.code)}` : name;
}
