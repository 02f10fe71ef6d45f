import type { StoredEvent } from '#event-log';
import { canonicalJson, type JsonObject } from '#kernel';
import type { KeyStatus } from '#vault';

import { storedMembers } from '../stored-members.js';
import { base64, type Slot } from '../verifier/index.js';

/** What a line says of an event beside the event itself. */
export interface LineAbout {
  readonly index: number;
  /** Index of the leaf that the tree has for its id, where that is another. */
  readonly was?: number | undefined;
  readonly slot: Slot | undefined;
  /** The tree has no leaf that is this event's, altered or not. */
  readonly isUnknown?: boolean;
  readonly isEnding?: boolean;
  readonly isHidden?: boolean;
}

/** An event as a line of a bundle (docs/format.md, "Bundle"). */
export function eventLine(event: StoredEvent, about: LineAbout): string {
  return lineOf({
    index: about.index,
    was: about.was,
    ...storedMembers(event),
    ...slotted(about.slot),
    ...(about.isUnknown === true ? { unknown: true } : {}),
    ...(about.isEnding === true ? { ending: true } : {}),
    ...(about.isHidden === true ? { hidden: true } : {}),
  });
}

/** A leaf without an event. */
export function missingLine(index: number, id: string, slot: Slot | undefined): string {
  return lineOf({ index, id, ...slotted(slot) });
}

/** What the vault says of a key; `status` undefined where it has no row of it. */
export function keyLine(key: string, subject: string, status: KeyStatus | undefined): string {
  if (status === undefined) return lineOf({ key, state: 'missing', subject });
  const { ref, state, fingerprint, by, destroyedAt } = status;
  const { category, scope } = ref;
  const ended = { by, at: destroyedAt };
  return lineOf({ key, state, subject, category, scope, fingerprint, ...ended });
}

function lineOf(members: JsonObject): string {
  return `${canonicalJson(members)}\n`;
}

function slotted(slot: Slot | undefined): JsonObject {
  return slot === undefined ? {} : { leaf: base64(slot.leaf), proof: slot.proof.map(base64) };
}
