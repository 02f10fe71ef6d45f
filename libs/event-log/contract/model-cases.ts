import { expect } from '@jest/globals';
import fc from 'fast-check';

import { START, type EventId, type NewEvent } from '#kernel';

import type { Expected } from '../port.js';
import { all, anEvent, aStream } from './samples.js';
import { plain, type Cases } from './subject.js';

/** One append: to which stream, what is expected there, and which of a few ids it holds. */
interface Step {
  readonly stream: number;
  readonly expected: Expected;
  readonly ids: readonly number[];
}

const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.nat(1),
  expected: fc.oneof(
    fc.constant<Expected>('no-stream'),
    fc.nat(4).map((revision): Expected => revision),
  ),
  ids: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
});

/** The rules of an append, said as simply as they can be. Undefined is a conflict. */
function model(stream: EventId[], expected: Expected, ids: readonly EventId[]) {
  const start = expected === 'no-stream' ? 0 : expected + 1;
  const end = start + ids.length;
  if (stream.length === start) stream.push(...ids);
  else if (stream.slice(start, end).join() !== ids.join()) return undefined;
  return end - 1;
}

/** Any sequence of appends does what the model says. */
export const modelCases: Cases = {
  'any sequence of appends comes out as the rules say': plain(async ({ log }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const before = await log.head();
        const pool: NewEvent[] = Array.from({ length: 6 }, (_, n) => anEvent({ n }));
        const streams = [aStream(), aStream()] as const;
        const models: [EventId[], EventId[]] = [[], []];
        for (const { stream, expected, ids } of steps) {
          const side = stream === 0 ? 0 : 1;
          const events = ids.map((id) => pool[id] ?? anEvent());
          const answer = await log
            .append(streams[side], expected, events)
            .then((appended) => appended.revision)
            .catch((error: unknown) => {
              expect(error).toMatchObject({ name: 'WrongExpectedRevision' });
              return undefined;
            });
          expect(answer).toBe(
            model(
              models[side],
              expected,
              events.map((event) => event.id),
            ),
          );
        }
        for (const side of [0, 1] as const) {
          const read = await all(log.read(streams[side], 0));
          expect(read.map((event) => event.id)).toEqual(models[side]);
        }
        const written = await log.readAll(before, 1_000);
        expect(written).toHaveLength(models[0].length + models[1].length);
        expect((await log.head()) === START).toBe(written.length === 0 && before === START);
      }),
      { numRuns: 60 },
    );
  }),
};
