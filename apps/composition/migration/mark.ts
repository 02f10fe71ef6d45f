import type { Instant, JsonObject } from '#kernel';
import { canonicalJson, IntegrityError, isJsonObject } from '#kernel';
import type { Notes } from '#vault';

/** Note in the vault of a place from which, or to which, a ledger has moved. */
const MARK = 'move';

/**
 * What a place is since a ledger moves or has moved. Source: `moving`, then `moved`. Target: `arriving`,
 * then `arrived`; `given-up` where the ledger was opened at the source again.
 */
const STATES = ['moving', 'moved', 'arriving', 'arrived', 'given-up'] as const;
export type MarkState = (typeof STATES)[number];

/** What is written of a move in both vaults: never an address. */
export interface Mark {
  /** Random: one move from one place to another. */
  readonly move: string;
  readonly state: MarkState;
  readonly at: Instant;
  /** Which engines the ledger goes to, in words. */
  readonly to: string;
}

/** @throws IntegrityError `store-corrupt` */
export async function readMark(notes: Notes): Promise<Mark | undefined> {
  const noted = (await notes.note(MARK)) ?? '';
  if (noted === '') return undefined;
  const { move, state, at, to } = parsed(noted);
  const known = STATES.find((one) => one === state);
  const isMark = typeof move === 'string' && typeof at === 'string' && typeof to === 'string';
  if (!isMark || known === undefined) {
    throw new IntegrityError('store-corrupt', 'vault: the mark of a move cannot be read');
  }
  return { move, state: known, at: at as Instant, to };
}

export function writeMark(notes: Notes, mark: Mark): Promise<void> {
  return notes.setNote(MARK, canonicalJson({ ...mark }));
}

/** The place is the ledger's again. */
export function removeMark(notes: Notes): Promise<void> {
  return notes.setNote(MARK, '');
}

/**
 * Looked at by every process that opens a ledger for writing or signing, once before it has written
 * anything, and once when others see that it is there.
 * @throws IntegrityError `ledger-moved`, `ledger-incomplete`
 */
export async function assertHere(notes: Notes): Promise<void> {
  const mark = await readMark(notes);
  if (mark === undefined || mark.state === 'arrived') return;
  const { state, to, at } = mark;
  if (state === 'moving' || state === 'moved') {
    const why = state === 'moved' ? 'has moved' : 'is moving';
    throw new IntegrityError(
      'ledger-moved',
      `the ledger ${why} to ${to}, closed here at ${at}: nothing is written or signed`,
    );
  }
  const why = state === 'arriving' ? 'is not whole yet' : 'was given up';
  throw new IntegrityError('ledger-incomplete', `what was copied here ${why}: nothing is written`);
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
