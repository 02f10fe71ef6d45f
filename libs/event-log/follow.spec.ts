import { expect, test } from '@jest/globals';

import { Bell } from './follow.js';

test('a ring between looking and waiting is not missed', async () => {
  const bell = new Bell();
  const seen = bell.rung;
  bell.ring();
  await bell.wait(seen, new AbortController().signal);
  expect(bell.rung).toBe(seen + 1);
});

test('waiting ends by a ring, an abort, and the time', async () => {
  const bell = new Bell();
  const ending = new AbortController();
  const rung = bell.wait(bell.rung, ending.signal, 60_000);
  bell.ring();
  await rung;
  await bell.wait(bell.rung, ending.signal, 1);
  const aborted = bell.wait(bell.rung, ending.signal, 60_000);
  ending.abort();
  await aborted;
});

test('who has waited leaves no listener behind', async () => {
  const ending = new AbortController();
  const added: unknown[] = [];
  const removed: unknown[] = [];
  const signal = new Proxy(ending.signal, {
    get(target, name) {
      if (name === 'addEventListener') return (_: string, wake: unknown) => added.push(wake);
      if (name === 'removeEventListener') return (_: string, wake: unknown) => removed.push(wake);
      return Reflect.get(target, name) as unknown;
    },
  });
  const bell = new Bell();
  const waiting = bell.wait(bell.rung, signal);
  bell.ring();
  await waiting;
  expect(added).toHaveLength(1);
  expect(removed).toEqual(added);
});
