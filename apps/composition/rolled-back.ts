import { checkLog } from '#evidence';
import { IntegrityError } from '#kernel';
import type { Anchor, SignedHead } from '#vault';

import type { Settings } from './settings.js';
import type { Stores } from './stores.js';

/** The name under which the ledger signs: the settings', or since a log was put back another. */
export async function originOf(
  anchor: Pick<Anchor, 'restored'>,
  settings: Pick<Settings, 'origin'>,
): Promise<string> {
  return (await anchor.restored()).at(-1)?.origin ?? settings.origin;
}

/** The log has not what was signed of it: an old copy, or another one. Nothing has been written. */
export class LogRolledBack extends IntegrityError {
  constructor(
    /** What was signed last. */
    readonly signed: SignedHead,
    isShorter: boolean,
  ) {
    const why = isShorter ? 'has fewer events than were signed' : 'is not what was signed';
    super(
      'log-rolled-back',
      `the log ${why}: two officers accept it as it is, or a newer copy comes`,
    );
  }
}

/**
 * Step 2 of the restore gate: the log has everything that the anchor says was signed of it. Writes
 * nothing; reads no more of the log than what came after the stored tree, as long as that is good.
 * @throws LogRolledBack
 */
export async function assertNotRolledBack(
  { log, tree, anchor }: Pick<Stores, 'log' | 'tree' | 'anchor'>,
  origin: string,
): Promise<void> {
  const signed = await anchor.lastHead(origin);
  if (signed === undefined) return;
  const head = { size: signed.size, root: Buffer.from(signed.root, 'base64url') };
  const { heads } = await checkLog(log, tree, [head]);
  if (heads[0] !== 'agrees') throw new LogRolledBack(signed, heads[0] === 'log-is-shorter');
}
