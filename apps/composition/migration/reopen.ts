import type { Clock } from '#kernel';
import { IntegrityError, InvalidInput } from '#kernel';

import type { Settings } from '../settings.js';
import { whileThere } from './alone.js';
import { readMark, removeMark, writeMark } from './mark.js';
import type { Mark } from './mark.js';
import { withSide } from './migrate.js';
import { refuse } from './sides.js';
import type { Side } from './sides.js';
import { isSameEvent, StoredReader } from './stored-reader.js';

/** A move that is given up. */
export interface Reopening {
  readonly from: Settings;
  /** Where it went to: needed once it was finished, since the ledger may be in use there. */
  readonly to: Settings | undefined;
  readonly clock: Clock;
  readonly onProblem: (code: string) => void;
}

/**
 * Opens the source again. What was copied stays where it is, and is never opened: another move needs
 * an empty place. A move that was not finished was never open at its target, so nobody need look there.
 * @throws InvalidInput where nothing has moved, or has moved elsewhere; IntegrityError `target-grown`
 */
export async function reopen(reopening: Reopening): Promise<void> {
  const { from, onProblem } = reopening;
  await withSide(reopening, from, (source) =>
    whileThere(source.stores.vault, from, onProblem, async (assertAlone) => {
      const { notes } = source.stores.vault;
      const mark = await readMark(notes);
      if (mark?.state !== 'moving' && mark?.state !== 'moved') {
        throw new InvalidInput(
          '--reopen',
          'not-moved',
          'the ledger is open here, and was not moved',
        );
      }
      await assertAlone();
      if (mark.state === 'moved') await giveUp(reopening, source, mark);
      await removeMark(notes);
    }),
  );
}

/** Closes the target for good, if it is as it was copied and nobody has it open. */
async function giveUp(reopening: Reopening, source: Side, { move, to }: Mark): Promise<void> {
  const { to: settings, onProblem, clock } = reopening;
  if (settings === undefined) {
    throw new InvalidInput('--to', 'required', 'is needed: the move was finished');
  }
  await withSide(reopening, settings, (target) =>
    whileThere(target.stores.vault, settings, onProblem, async (assertAlone) => {
      const { notes } = target.stores.vault;
      const there = await readMark(notes);
      if (there?.move !== move) refuse('elsewhere', 'the ledger was moved to another place');
      await writeMark(notes, { move, state: 'given-up', at: clock.now(), to });
      try {
        await assertAlone();
        await assertNotGrown(source, target);
      } catch (error) {
        await writeMark(notes, there);
        throw error;
      }
    }),
  );
}

async function assertNotGrown(source: Side, target: Side): Promise<void> {
  const [here, there] = [new StoredReader(source.stores.log), new StoredReader(target.stores.log)];
  for (;;) {
    const [one, other] = [await here.next(), await there.next()];
    if (one === undefined && other === undefined) return;
    if (one === undefined || other === undefined || !isSameEvent(one, other)) {
      throw new IntegrityError(
        'target-grown',
        'events came where the ledger was moved to: it is there',
      );
    }
  }
}
