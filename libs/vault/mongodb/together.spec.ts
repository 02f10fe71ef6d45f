import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { IntegrityError, Outage } from '#kernel';

import { Together } from './together.js';

/** Doubles numbers, and notes which came together. */
function doubling(fault: (question: number) => Error | undefined = () => undefined) {
  const rounds: (readonly number[])[] = [];
  const together = new Together(async (questions: readonly number[]) => {
    rounds.push(questions);
    await new Promise(setImmediate);
    return questions.map((question) => {
      const wrong = fault(question);
      if (wrong !== undefined) throw wrong;
      return 2 * question;
    });
  }, 5);
  return { together, rounds };
}

describe('questions that are asked together', () => {
  test('are each answered, in order, however they come', async () => {
    const asked = fc.array(fc.array(fc.integer(), { maxLength: 8 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(asked, async (all) => {
        const { together, rounds } = doubling();
        const answers = await Promise.all(all.map((questions) => together.ask(questions)));
        expect(answers).toEqual(all.map((questions) => questions.map((one) => 2 * one)));
        expect(rounds.flat()).toEqual(all.flat());
      }),
    );
  });

  test('wait for the round before, and share the next up to its size', async () => {
    const { together, rounds } = doubling();
    const asks = [[1], [2, 3], [4, 5], [6, 7], [8, 9, 10, 11, 12, 13]];
    await Promise.all(asks.map((questions) => together.ask(questions)));
    expect(rounds).toEqual([[1], [2, 3, 4, 5], [6, 7], [8, 9, 10, 11, 12, 13]]);
  });

  test('hear of a fault only where it is their own', async () => {
    const wrong = new IntegrityError('key-mismatch', 'a test');
    const { together } = doubling((question) => (question === 3 ? wrong : undefined));
    const asks = [[1], [2], [3], [4]].map((questions) => together.ask(questions));
    const settled = await Promise.allSettled(asks);
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    await expect(asks[2]).rejects.toBe(wrong);
  });

  test('share an outage, and the next are answered', async () => {
    const out = new Outage('vault', 'timeout');
    const { together, rounds } = doubling((question) => (question === 3 ? out : undefined));
    const settled = await Promise.allSettled([[1], [2], [3]].map((one) => together.ask(one)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(rounds).toHaveLength(2);
    expect(await together.ask([4])).toEqual([8]);
  });
});
