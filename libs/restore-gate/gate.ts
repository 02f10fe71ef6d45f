import type { EventLog } from '#event-log';
import type { Clock, EventId, KeyId, Position, RecordedEvent, SubjectId } from '#kernel';
import { IntegrityError, START } from '#kernel';
import type { Anchor, DestroyedKey, KeyState, Notes, Vault } from '#vault';

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

/** Note in the vault: up to where its keys were compared with the log. */
const COMPARED = 'restore-gate';
const PAGE = 1000;

/**
 * Step 3 of the restore gate: destroyed key ids of log, anchor and tombstones are compared with the
 * vault before anything is read. A copy put back never undoes an erasure.
 *
 * One process runs it, under a lease; the others wait.
 */
export async function passGate(gate: Gate): Promise<GateReport> {
  const head = await gate.log.head();
  const remembered = new Map<KeyId, Remembered>();
  await rememberAnchor(gate, remembered);
  await rememberLog(gate, remembered);
  const cameBack = await destroyAgain(gate, remembered);
  const recorded = await recordTombstones(gate, remembered);
  await gate.notes.setNote(COMPARED, head);
  return { cameBack, recorded };
}

async function rememberAnchor(gate: Gate, into: Map<KeyId, Remembered>): Promise<void> {
  for await (const page of gate.anchor.destroyed()) {
    for (const { key, by } of page) into.set(key, { key, by, knownBy: ['anchor'] });
  }
}

/** From where the vault notes the last comparison; from the start where the log is shorter. */
async function rememberLog(gate: Gate, into: Map<KeyId, Remembered>): Promise<void> {
  const noted = ((await gate.notes.note(COMPARED)) ?? START) as Position;
  let after = noted > (await gate.log.head()) ? START : noted;
  for (;;) {
    const page = await gate.log.readAll(after, PAGE);
    for (const event of page) {
      for (const { key, by } of gate.destroyedBy(event)) {
        const before = into.get(key)?.knownBy ?? [];
        if (!before.includes('log')) into.set(key, { key, by, knownBy: ['log', ...before] });
      }
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.position;
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
  remembered: ReadonlyMap<KeyId, Remembered>,
): Promise<number> {
  let recorded = 0;
  for (let after = ''; ;) {
    const { keys, next } = await gate.vault.tombstones(after, PAGE);
    if (next === after && keys.length > 0) {
      throw new IntegrityError('tombstone-cursor', 'the vault does not page on');
    }
    const lost = keys.filter(({ ref }) => !remembered.has(ref.key));
    await gate.anchor.recordDestroyed(lost.map(({ ref, by, at }) => ({ key: ref.key, by, at })));
    for (const tombstone of keys) recorded += await recordOne(gate, tombstone);
    if (keys.length === 0) return recorded;
    after = next;
  }
}

async function recordOne(gate: Gate, { ref, by }: DestroyedKey): Promise<number> {
  const { subject, key } = ref;
  if (await gate.isEnding(subject, key)) return 0;
  if (await gate.isKnownGone(subject, key)) return 0;
  await gate.repeat(subject, [{ key, by, knownBy: ['tombstone'] }]);
  return 1;
}

function* pages<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += PAGE) yield all.slice(from, from + PAGE);
}
