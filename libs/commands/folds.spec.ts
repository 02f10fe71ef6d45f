import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { SubjectId } from '#kernel';
import { derivedId } from '#kernel';

import type { Fold } from './folds.js';
import type { Diary, DiaryCommand, Process } from './testing/index.js';
import { asking, diaryStream, SharedStores } from './testing/index.js';

const commands: fc.Arbitrary<DiaryCommand> = fc.oneof(
  fc.constantFrom<DiaryCommand>({ do: 'turn' }, { do: 'nothing' }, { do: 'forbidden' }),
  fc.record({ do: fc.constant('write' as const), line: fc.string() }),
  fc.record({ do: fc.constant('add' as const), word: fc.string() }),
  fc.record({ do: fc.constant('begin' as const), line: fc.string(), name: fc.string() }),
);

const lives = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 1 }), commands), {
  maxLength: 40,
  size: 'max',
});

/** All that a fold knows, so that it can be compared. */
function known(fold: Readonly<Fold<Diary>>): unknown {
  const { stream, state, revision, position, recordedAt, commands: seen, keys, newest } = fold;
  return structuredClone({
    stream,
    state,
    revision,
    position,
    recordedAt,
    commands: [...seen],
    keys: [...keys],
    newest: [...newest],
  });
}

function folds(process: Process, subjects: readonly SubjectId[]): Promise<readonly unknown[]> {
  return Promise.all(subjects.map((subject) => process.handler.look(diaryStream(subject), known)));
}

describe('a fold that was kept', () => {
  it('equals one from zero, whoever appended what in between', async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (life) => {
        const stores = new SharedStores();
        const processes = [stores.open(), stores.open()] as const;
        const subjects = [0, 1, 2].map((at) => derivedId<SubjectId>(stores.ledger, String(at)));
        for (const [who, by, command] of life) {
          const subject = subjects[who];
          const process = processes[by];
          if (subject === undefined || process === undefined) continue;
          await process.handler.handle(asking(subject, command));
        }
        const fresh = await folds(stores.open(), subjects);
        expect(await folds(processes[0], subjects)).toEqual(fresh);
        expect(await folds(processes[1], subjects)).toEqual(fresh);
      }),
      { numRuns: 40 },
    );
  });

  it('costs one read to be brought up to date, of what is new alone', async () => {
    const stores = new SharedStores();
    const process = stores.open();
    const subject = derivedId<SubjectId>(stores.ledger, 'one');
    await process.handler.handle(asking(subject, { do: 'turn' }));
    const before = process.log.reads;
    await process.handler.look(diaryStream(subject), () => 0);
    expect(process.log.reads - before).toBe(1);
    expect(process.log.lastFrom).toBe(1);
  });

  it('of a short stream is not kept: it is read whole again', async () => {
    const stores = new SharedStores();
    stores.shortStream = 2;
    const process = stores.open();
    const subject = derivedId<SubjectId>(stores.ledger, 'one');
    const readFrom = async () => {
      await process.handler.look(diaryStream(subject), () => 0);
      return process.log.lastFrom;
    };
    await process.handler.handle(asking(subject, { do: 'turn' }));
    expect(await readFrom()).toBe(0);
    await process.handler.handle(asking(subject, { do: 'turn' }));
    expect(await readFrom()).toBe(2);
  });

  it('of a stream that does not exist knows nothing, and is not kept', async () => {
    const stores = new SharedStores();
    const process = stores.open();
    const stream = diaryStream(derivedId<SubjectId>(stores.ledger, 'one'));
    const looked = await process.handler.look(stream, ({ revision, state }) => [revision, state]);
    expect(looked).toEqual([-1, { pages: 0, lines: 0, at: [] }]);
  });
});
