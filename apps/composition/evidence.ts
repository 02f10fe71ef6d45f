import type { CommandHandler } from '#commands';
import { stepIdOf } from '#commands';
import type {
  CheckpointRecord,
  EvidenceState,
  NoteSigner,
  RecordEvidence,
  RecordedCheckpoint,
  RecordedCosignature,
  RecordedTimestamp,
  TimestampAuthority,
  TreeStore,
  WitnessPolicy,
} from '#evidence';
import { dayOf, EVIDENCE_STREAM, evidenceDecider } from '#evidence';
import type { Draft, EventId, JsonObject, LedgerId, Position } from '#kernel';
import { IntegrityError, isRefusal } from '#kernel';
import type { Notes, RestoredLog } from '#vault';

import type { HandlerOf } from './handlers.js';
import type { SigningKeys } from './signing-keys.js';

/** The evidence of a ledger as one process has it open. */
export interface Evidence {
  readonly tree: TreeStore;
  /** The key that signs, as it is at the moment. */
  readonly signer: NoteSigner;
  readonly keys: SigningKeys;
  readonly record: CheckpointsInLog;
  readonly wishes: CheckpointWishes;
  readonly halts: Halts;
  readonly policy: WitnessPolicy;
  /** Who stamps checkpoints, if anybody does. */
  readonly authority: TimestampAuthority | undefined;
}

/** Opens the evidence over what the ledger has open. */
export function evidenceOver(parts: {
  readonly id: LedgerId;
  readonly tree: TreeStore;
  readonly keys: SigningKeys;
  readonly handlerOf: HandlerOf;
  readonly vault: { readonly notes: Notes };
  readonly policy: WitnessPolicy;
  readonly authority: TimestampAuthority | undefined;
}): Evidence {
  const { id, tree, keys, handlerOf, policy, authority } = parts;
  const { notes } = parts.vault;
  const handler = handlerOf(() => evidenceDecider);
  return {
    tree,
    get signer() {
      return keys.notes;
    },
    keys,
    record: new CheckpointsInLog(id, handler),
    wishes: new CheckpointWishes(notes),
    halts: new Halts(notes),
    policy,
    authority,
  };
}

/** Note in the vault: up to which position somebody waits for a checkpoint. */
const WANTED = 'checkpoint-wanted';

/** Asks whichever process signs for a checkpoint, through a note. */
export class CheckpointWishes {
  constructor(private readonly notes: Notes) {}

  /** Up to which position one is wanted; undefined where none ever was. */
  async wanted(): Promise<Position | undefined> {
    return (await this.notes.note(WANTED)) as Position | undefined;
  }

  /** Wants one that covers this position. Whoever waits asks again: a smaller wish may take its place. */
  async want(position: Position): Promise<void> {
    if (((await this.wanted()) ?? '') < position) await this.notes.setNote(WANTED, position);
  }
}

/** Note in the vault: why nothing is signed any more; empty when all is well. */
const HALTED = 'evidence-halted';

/** What keeps the ledger from signing, told to all processes. */
export class Halts {
  constructor(private readonly notes: Notes) {}

  /** Undefined as long as all is well. */
  async told(): Promise<string | undefined> {
    const halt = await this.notes.note(HALTED);
    return halt === '' ? undefined : halt;
  }

  async tell(halt: string | undefined): Promise<void> {
    if ((await this.told()) !== halt) await this.notes.setNote(HALTED, halt ?? '');
  }
}

/** Checkpoints, and what else is recorded of evidence, as events. */
export class CheckpointsInLog implements CheckpointRecord {
  constructor(
    private readonly ledger: LedgerId,
    private readonly handler: CommandHandler<RecordEvidence, Draft, EvidenceState>,
  ) {}

  seen() {
    return this.handler.look(EVIDENCE_STREAM, ({ state }) => ({
      origin: state.origin,
      last: state.last,
      key: state.key,
      cosigned: new Map(state.cosigned),
      stamped: new Map(state.stamped),
    }));
  }

  async add(checkpoint: RecordedCheckpoint): Promise<boolean> {
    const { origin, size, root } = checkpoint;
    const command = { do: 'record-checkpoint', ...checkpoint } as const;
    const content = { origin, size, root };
    return this.#record(`checkpoint:${origin}:${String(size)}`, command, content);
  }

  /** One that comes after the next checkpoint is no event. */
  async addCosignature(cosignature: RecordedCosignature): Promise<void> {
    const { origin, size, witness } = cosignature;
    const command = { do: 'record-cosignature', ...cosignature } as const;
    const step = `cosignature:${origin}:${String(size)}:${witness}`;
    await this.#record(step, command, { origin, size, witness });
  }

  /** One that comes after another of the same day is no event. */
  async addTimestamp(timestamp: RecordedTimestamp): Promise<void> {
    const { origin, authority } = timestamp;
    const day = dayOf(timestamp.at);
    const command = { do: 'record-timestamp', ...timestamp } as const;
    const content = { origin, authority, day };
    await this.#record(`timestamp:${origin}:${authority}:${day}`, command, content);
  }

  /** What the anchor tells of logs that were accepted, the log tells as well. */
  async addRestored(restored: RestoredLog): Promise<void> {
    const { origin, size } = restored;
    const command = { do: 'record-restored', restored } as const;
    await this.#record(`restored:${origin}`, command, { origin, size });
  }

  /** @returns false where a larger checkpoint is there already */
  async #record(step: string, command: RecordEvidence, content: JsonObject): Promise<boolean> {
    const outcome = await this.handler.handle({
      stream: EVIDENCE_STREAM,
      id: stepIdOf(this.ledger as string as EventId, step),
      command,
      content,
      actor: 'ledger',
      purpose: 'audit',
      source: 'ledger',
    });
    if (!isRefusal(outcome)) return true;
    if (outcome.code === 'checkpoint-behind') return false;
    throw new IntegrityError(outcome.code, outcome.detail);
  }
}
