import type { EventLog } from '#event-log';
import { allPages } from '#event-log';
import type { Clock, EventId, KeyId, Position, RecordedEvent, SubjectId } from '#kernel';
import { IntegrityError, START } from '#kernel';
import type { Anchor, AnchoredKey, DestroyedKey, KeyState, Notes, Vault } from '#vault';

/** Memories of a destruction that outlive a restored vault. */
export type Memory = 'log' | 'anchor' | 'tombstone';

/** A destroyed key as a memory has it. */
export interface Remembered {
  readonly key: KeyId;
  /** The event that ended it. */
  readonly by: EventId;
  readonly knownBy: readonly Memory[];
}

/** What the gate works with. */
export interface Gate {
  readonly log: EventLog;
  readonly vault: Vault;
  readonly notes: Notes;
  readonly anchor: Pick<Anchor, 'recordDestroyed' | 'destroyed'>;
  readonly clock: Clock;
  /** The keys that an event of the log tells to be destroyed. */
  destroyedBy(event: RecordedEvent): readonly { readonly key: KeyId; readonly by: EventId }[];
  /** Whether an erasure under way will destroy this key by itself: it is continued, not reported. */
  isEnding(subject: SubjectId, key: KeyId): Promise<boolean>;
  /** Whether the subject's stream knows that the key is gone. */
  isKnownGone(subject: SubjectId, key: KeyId): Promise<boolean>;
  /** Records in the subject's stream that keys were destroyed again, or had been destroyed. */
  repeat(subject: SubjectId, keys: readonly Remembered[]): Promise<void>;
}

/** What the gate has found and mended. */
export interface GateReport {
  /** Keys that a restored copy had brought back and that were destroyed again. */
  readonly cameBack: number;
  /** Destructions that the log had lost and that were recorded again. */
  readonly recorded: number;
}

/** Notes in the vault: up to where its keys were compared with the log, and its tombstones. */
const COMPARED = 'restore-gate';
const BURIED = 'restore-gate-tombstones';
const PAGE = 1000;

/**
 * Step 3 of the restore gate: destroyed key ids of log, anchor and tombstones are compared with the
 * vault before anything is read. A copy put back never undoes an erasure.
 *
 * One process runs it, under a lease; the others wait.
 */
export async function passGate(gate: Gate): Promise<GateReport> {
  const head = await gate.log.head();
  const from = await comparedBefore(gate, head);
  const remembered = new Map<KeyId, Remembered>();
  await rememberAnchor(gate, remembered);
  await rememberLog(gate, { after: from.log, until: head }, remembered);
  const cameBack = await destroyAgain(gate, remembered);
  const { recorded, buried } = await recordTombstones(gate, from.tombstones, remembered);
  await gate.notes.setNote(BURIED, buried);
  await gate.notes.setNote(COMPARED, head);
  return { cameBack, recorded };
}

/** From where the vault notes the last comparison; from the start where the log is shorter. */
async function comparedBefore(
  gate: Gate,
  head: Position,
): Promise<{ readonly log: Position; readonly tombstones: string }> {
  const noted = ((await gate.notes.note(COMPARED)) ?? START) as Position;
  if (noted > head) return { log: START, tombstones: '' };
  return { log: noted, tombstones: (await gate.notes.note(BURIED)) ?? '' };
}

async function rememberAnchor(gate: Gate, into: Map<KeyId, Remembered>): Promise<void> {
  for await (const page of gate.anchor.destroyed()) {
    for (const { key, by } of page) into.set(key, { key, by, knownBy: ['anchor'] });
  }
}

async function rememberLog(
  gate: Gate,
  part: { readonly after: Position; readonly until: Position },
  into: Map<KeyId, Remembered>,
): Promise<void> {
  for await (const page of allPages(gate.log, part)) {
    for (const event of page) {
      for (const { key, by } of gate.destroyedBy(event)) {
        const before = into.get(key)?.knownBy ?? [];
        if (!before.includes('log')) into.set(key, { key, by, knownBy: ['log', ...before] });
      }
    }
  }
}

async function destroyAgain(
  gate: Gate,
  remembered: ReadonlyMap<KeyId, Remembered>,
): Promise<number> {
  const back = new Map<SubjectId, { key: Remembered; state: AliveState }[]>();
  for (const some of pages([...remembered.values()])) {
    const states = await gate.vault.unwrap(some.map(({ key }) => key));
    for (const key of some) {
      const state = states.get(key.key);
      if (state?.state === 'live') state.dek.fill(0);
      if (!isAlive(state)) continue;
      const { subject } = state.ref;
      if (await gate.isEnding(subject, key.key)) continue;
      // Another process may have come to the end of its erasure since the vault was asked.
      if (!(await isStillAlive(gate, key.key))) continue;
      back.set(subject, [...(back.get(subject) ?? []), { key, state }]);
    }
  }
  for (const [subject, found] of back) await shredAgain(gate, subject, found);
  return [...back.values()].reduce((sum, found) => sum + found.length, 0);
}

type AliveState = Extract<KeyState, { readonly state: 'live' | 'fenced' }>;

function isAlive(state: KeyState | undefined): state is AliveState {
  return state?.state === 'live' || state?.state === 'fenced';
}

async function isStillAlive(gate: Gate, key: KeyId): Promise<boolean> {
  const state = (await gate.vault.unwrap([key])).get(key);
  if (state?.state === 'live') state.dek.fill(0);
  return isAlive(state);
}

async function shredAgain(
  gate: Gate,
  subject: SubjectId,
  found: readonly { readonly key: Remembered; readonly state: AliveState }[],
): Promise<void> {
  for (const { key, state } of found) {
    await gate.vault.fence(subject, [state.ref], key.by);
    const at = gate.clock.now();
    await gate.anchor.recordDestroyed([{ key: key.key, by: key.by, at }]);
    await gate.vault.destroy([key.key], key.by, at);
  }
  await gate.repeat(
    subject,
    found.map(({ key }) => key),
  );
}

/** A tombstone that the log knows nothing of: the log was put back, the vault was not. */
async function recordTombstones(
  gate: Gate,
  from: string,
  remembered: ReadonlyMap<KeyId, Remembered>,
): Promise<{ readonly recorded: number; readonly buried: string }> {
  let recorded = 0;
  for (let after = from; ;) {
    const { keys, next } = await gate.vault.tombstones(after, PAGE);
    if (keys.length === 0) return { recorded, buried: after };
    if (next === after) throw new IntegrityError('tombstone-cursor', 'the vault does not page on');
    const forgotten = keys.filter(({ ref }) => !remembered.has(ref.key));
    if (forgotten.length > 0) await gate.anchor.recordDestroyed(forgotten.map(anchored));
    for (const tombstone of keys) {
      recorded += await recordOne(gate, tombstone, remembered.get(tombstone.ref.key)?.knownBy);
    }
    after = next;
  }
}

function anchored({ ref, by, at }: DestroyedKey): AnchoredKey {
  return { key: ref.key, by, at };
}

async function recordOne(
  gate: Gate,
  { ref, by }: DestroyedKey,
  knownBy: readonly Memory[] = [],
): Promise<number> {
  const { subject, key } = ref;
  if (knownBy.includes('log')) return 0;
  if (await gate.isEnding(subject, key)) return 0;
  if (await gate.isKnownGone(subject, key)) return 0;
  await gate.repeat(subject, [{ key, by, knownBy: [...knownBy, 'tombstone'] }]);
  return 1;
}

function* pages<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += PAGE) yield all.slice(from, from + PAGE);
}
