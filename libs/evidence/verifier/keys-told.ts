/** What an event says of keys. */
export interface KeysTold {
  /** Ended by it: by an erasure that has begun or is done, a rectification, a closed case. */
  readonly ended: readonly string[];
  /** Accepted as lost by an officer: what they sealed is gone, and not erased. */
  readonly lost: readonly string[];
}

/** The member that lists keys, of each type of event that says nothing else of them. */
const ENDED: Readonly<Record<string, string>> = {
  ErasureStarted: 'parts',
  SubjectErased: 'keys',
  KeysDestroyed: 'keys',
  ErasureRepeated: 'parts',
};
const NOTHING: KeysTold = { ended: [], lost: [] };

/** Ids of keys that an event ends or tells to be lost; whatever its data are, this does not fail. */
export function keysTold(type: string, data: Readonly<Record<string, unknown>>): KeysTold {
  if (type === 'KeyLost') return { ended: [], lost: keysIn(data.parts) };
  const member = Object.hasOwn(ENDED, type) ? ENDED[type] : undefined;
  if (member !== undefined) return { ended: keysIn(data[member]), lost: [] };
  return data.ends === undefined ? NOTHING : { ended: keysIn(data.ends), lost: [] };
}

/** Ids of the keys that an event's envelopes lie under, one for each envelope. */
export function sealingKeys(data: Readonly<Record<string, unknown>>): readonly string[] {
  return data.sealed === undefined ? [] : keysIn(data.sealed);
}

function keysIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'key' in one && typeof one.key === 'string'
      ? [one.key]
      : [],
  );
}
