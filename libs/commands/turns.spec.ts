import { describe, expect, it } from '@jest/globals';

import { Turns } from './turns.js';

/** Work that ends when it is told to. */
function work(log: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    end: () => {
      end();
    },
    run: async () => {
      log.push(`${name} begins`);
      await ended;
      log.push(`${name} ends`);
      return name;
    },
  };
}

describe('turns', () => {
  it('are taken one at a time, in the order of asking', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [a, b, c] = [work(log, 'a'), work(log, 'b'), work(log, 'c')] as const;
    const all = [turns.take('x', a.run), turns.take('x', b.run), turns.take('x', c.run)];
    c.end();
    b.end();
    expect(log).toEqual(['a begins']);
    a.end();
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('of different names do not wait for each other', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [a, b] = [work(log, 'a'), work(log, 'b')] as const;
    const first = turns.take('x', a.run);
    b.end();
    expect(await turns.take('y', b.run)).toBe('b');
    a.end();
    await first;
    expect(log).toEqual(['a begins', 'b begins', 'b ends', 'a ends']);
  });

  it('pass on from one that fails, and only its asker is told', async () => {
    const turns = new Turns();
    const failed = turns.take('x', () => Promise.reject(new Error('broken')));
    const next = turns.take('x', () => Promise.resolve('next'));
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('next');
    expect(await turns.take('x', () => Promise.resolve('later'))).toBe('later');
  });
});
