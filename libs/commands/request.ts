import type {
  Category,
  CommandId,
  EventId,
  JsonObject,
  LedgerId,
  Position,
  RecordedEvent,
  Source,
  StreamName,
  SubjectId,
} from '#kernel';
import { derivedId } from '#kernel';

/** A command on its way to the stream that decides it. */
export interface CommandRequest<C> {
  readonly stream: StreamName;
  readonly id: CommandId;
  readonly command: C;
  /** What the caller asked for, in the caller's words: the same at every retry. */
  readonly content: JsonObject;
  /** Id of the account that asks, or `ledger`. */
  readonly actor: string;
  /** Code of a purpose of the register definition. */
  readonly purpose: string;
  readonly source: Source;
  /** The event that this command follows from. */
  readonly causation?: EventId;
  /** The first command of the chain; this one, if left out. */
  readonly correlation?: CommandId;
  /** Current values that the decision must see. */
  readonly needs?: readonly { readonly subject: SubjectId; readonly category: Category }[];
  /**
   * Set where the stream is most likely new: it is not read before the first attempt. Where it does
   * exist the append conflicts, and all is done as usual.
   */
  readonly founding?: boolean;
  /** The revision that the caller has seen (If-Match). */
  readonly ifRevision?: number;
}

/** What a command came to: always read back from the log, never what was attempted. */
export interface Outcome {
  readonly stream: StreamName;
  /** Revision of the stream's last event. */
  readonly revision: number;
  /** Views that have folded up to here show this command's effect. */
  readonly position: Position;
  /** The command's events; none where nothing changed. */
  readonly events: readonly RecordedEvent[];
  /** Whether the command had been carried out before. */
  readonly repeated: boolean;
}

/**
 * The id of a command: the same account, target and key give the same id, in every process.
 * @param target the stream, or the command's type where it founds one
 * @param key the caller's Idempotency-Key, a UUID in lower case
 */
export function commandIdOf(
  ledger: LedgerId,
  account: string,
  target: string,
  key: string,
): CommandId {
  return derivedId<CommandId>(ledger, `${account}\n${target}\n${key}`);
}

/** The id of a command's event, counted from 0. */
export function eventIdOf(command: CommandId, index: number): EventId {
  return derivedId<EventId>(command, `event:${String(index)}`);
}

/** The id of a step of a process: it follows from an event, and happens once. */
export function stepIdOf(cause: EventId, step: string): CommandId {
  return derivedId<CommandId>(cause, `step:${step}`);
}
