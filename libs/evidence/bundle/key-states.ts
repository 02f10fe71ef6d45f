import type { StoredContent } from '#event-log';
import type { SubjectId } from '#kernel';
import { isUuid } from '#kernel';
import type { KeyStatus, Vault } from '#vault';

import { objectIn } from '../tree/hashing.js';
import { isObject } from '../verifier/index.js';
import { keyLine } from './lines.js';

const AT_ONCE = 16;

/** Keys that envelopes name, by the person whose they are. */
export class KeysInUse {
  readonly #keys = new Map<string, Set<string>>();

  /** Notes the envelopes of an event. What is no envelope of the ledger's is passed over. */
  note(data: StoredContent): void {
    const sealed = objectIn(data)?.sealed;
    if (!Array.isArray(sealed)) return;
    for (const envelope of sealed as readonly unknown[]) {
      if (!isObject(envelope)) continue;
      const { subject, key } = envelope;
      if (typeof subject !== 'string' || typeof key !== 'string') continue;
      const keys = this.#keys.get(subject) ?? new Set();
      this.#keys.set(subject, keys.add(key));
    }
  }

  /** What the vault says of each. */
  async *states(vault: Pick<Vault, 'status'>): AsyncGenerator<KeyTold, void, void> {
    const subjects = [...this.#keys];
    for (let at = 0; at < subjects.length; at += AT_ONCE) {
      const some = subjects.slice(at, at + AT_ONCE);
      const told = await Promise.all(some.map(([subject, keys]) => statesOf(vault, subject, keys)));
      yield* told.flat();
    }
  }
}

/** A key with what the vault says of it. */
export interface KeyTold {
  readonly line: string;
  readonly key: string;
  readonly isLive: boolean;
  /** The event by which it is fenced or was destroyed. */
  readonly by: string | undefined;
}

async function statesOf(
  vault: Pick<Vault, 'status'>,
  subject: string,
  keys: ReadonlySet<string>,
): Promise<readonly KeyTold[]> {
  // What was edited may name anybody.
  const found: readonly KeyStatus[] = isUuid(subject)
    ? await vault.status(subject as SubjectId)
    : [];
  const byKey = new Map(found.map((status) => [status.ref.key as string, status]));
  return Array.from(keys, (key): KeyTold => {
    const status = byKey.get(key);
    const line = keyLine(key, subject, status);
    return { line, key, isLive: status?.state === 'live', by: status?.by };
  });
}
