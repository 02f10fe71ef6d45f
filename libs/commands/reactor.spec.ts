import { describe, expect, it } from '@jest/globals';

import type { RecordedEvent, SubjectId } from '#kernel';
import { IntegrityError, Outage, randomId } from '#kernel';

import { Reactor } from './reactor.js';
import { asking, SharedStores } from './testing/index.js';

function setUp() {
  const stores = new SharedStores();
  const process = stores.open();
  const subject = randomId<SubjectId>();
  const turn = () => process.handler.handle(asking(subject, { do: 'turn' }));
  const abort = new AbortController();
  const pages: unknown[] = [];
  const problems: string[] = [];
  /** Runs a reactor until `react` aborts. */
  const run = (react: (event: RecordedEvent) => Promise<void>) =>
    new Reactor({
      name: 'test',
      log: process.log,
      notes: stores.vault.notes,
      react,
      onProblem: (code) => problems.push(code),
      pause: async () => undefined,
    }).run(abort.signal);
  const seen = (event: RecordedEvent, stopAt: number) => {
    pages.push(event.data.page);
    if (event.data.page === stopAt) abort.abort();
  };
  return { stores, turn, abort, pages, problems, run, seen };
}

describe('a reactor', () => {
  it('follows from every event, in order, also those that come', async () => {
    const { turn, pages, run, seen } = setUp();
    await turn();
    await turn();
    const running = run(async (event) => {
      seen(event, 3);
      if (event.data.page === 2) await turn();
    });
    await running;
    expect(pages).toEqual([1, 2, 3]);
  });

  it('goes on where it was left', async () => {
    const { stores, turn, pages, run, seen } = setUp();
    await turn();
    const [, first] = [await turn(), await stores.open().log.readAll('' as never, 1)];
    await stores.vault.notes.setNote('test', first[0]?.position ?? '');
    await run(async (event) => {
      seen(event, 2);
    });
    expect(pages).toEqual([2]);
  });

  it('comes again with an event on which it met an outage, and says so', async () => {
    const { turn, pages, problems, run, seen } = setUp();
    await turn();
    await turn();
    let failures = 2;
    await run(async (event) => {
      if (event.data.page === 2 && failures-- > 0) throw new Outage('vault', 'does not answer');
      seen(event, 2);
    });
    expect(pages.at(-1)).toBe(2);
    expect(problems).toEqual(['vault: does not answer', 'vault: does not answer']);
  });

  it('does not go on over a defect', async () => {
    const { turn, run, problems } = setUp();
    await turn();
    const broken = run(() => Promise.reject(new IntegrityError('broken', 'contradicts itself')));
    await expect(broken).rejects.toMatchObject({ code: 'broken' });
    expect(problems).toEqual([]);
  });
});
