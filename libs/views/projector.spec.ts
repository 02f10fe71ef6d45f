import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  IntegrityError,
  instantOf,
  Outage,
  setFaultProbe,
  START,
  systemClock,
  type Position,
  type RecordedEvent,
  type SubjectId,
} from '#kernel';
import { MemoryEventLog } from '#event-log/memory';

import type { Lift, ReadableLog } from './log-pages.js';
import { LogReader } from './log-reader.js';
import { MemoryViews } from './memory/index.js';
import { openNothing } from './opening.js';
import type { Change, ViewDefinition, Views } from './port.js';
import {
  Projector,
  PROJECTOR_DEFAULTS,
  type ProjectorOptions,
  type ProjectorState,
} from './projector.js';
import { Pulse } from './pulse.js';
import { append, Breakable, foldFromZero, textOf, type CartEvent } from './testing/carts.js';
import { failingFirst, interposed } from './testing/interposed.js';
import { MemorySecrets } from './testing/secrets.js';
import { tokenizerOf } from './tokens.js';

const QUICK = { ...PROJECTOR_DEFAULTS, retryMillis: 1, parkedPollMillis: 5 };

let log: MemoryEventLog;
let views: MemoryViews;
let carts: Breakable;
const running: { abort: AbortController; end: Promise<string> }[] = [];

beforeEach(() => {
  log = new MemoryEventLog();
  views = new MemoryViews();
  carts = new Breakable();
});

afterEach(async () => {
  setFaultProbe(undefined);
  for (const { abort, end } of running.splice(0)) {
    abort.abort();
    await end;
  }
});

const asIs: Lift = (event) => event;

interface Run {
  readonly projector: Projector;
  readonly end: Promise<string>;
  readonly stop: () => Promise<string>;
  /** Resolves when the condition holds, which is looked at after each change. */
  readonly until: (condition: (projector: Projector) => boolean) => Promise<void>;
  readonly becomes: (state: ProjectorState) => Promise<void>;
  readonly past: (position: Position) => Promise<void>;
}

interface Given extends Partial<Omit<ProjectorOptions, 'log'>> {
  readonly log?: ReadableLog;
  readonly lift?: Lift;
}

async function run({ log: source = log, lift = asIs, ...options }: Given = {}): Promise<Run> {
  const view: ViewDefinition = options.view ?? carts.view();
  const store = options.views ?? views;
  const changed = new Pulse();
  const projector = new Projector({
    log: new LogReader(source, lift),
    views: store,
    clock: systemClock,
    open: openNothing,
    secrets: new MemorySecrets(),
    view,
    build: await store.live(view),
    epoch: 1,
    settings: QUICK,
    onChange: () => {
      changed.fire();
    },
    ...options,
  });
  const abort = new AbortController();
  const end = projector.run(abort.signal);
  running.push({ abort, end });
  const until = async (condition: (projector: Projector) => boolean) => {
    expect(await changed.until(() => condition(projector), 10_000, 10_000)).toBe(true);
  };
  return {
    projector,
    end,
    stop: () => {
      abort.abort();
      return end;
    },
    until,
    becomes: (state) => until((each) => each.status().state === state),
    past: (position) => until(({ checkpoint }) => checkpoint >= position),
  };
}

async function documents(view: ViewDefinition = carts.view(), store: Views = views) {
  const rows = await store.find(view, {}, { limit: 1_000 });
  return Object.fromEntries(rows.map(({ id, doc }) => [id, doc]));
}

async function allEvents(): Promise<readonly RecordedEvent[]> {
  return log.readAll(START, 100_000);
}

const CARTS: readonly CartEvent[] = [
  { type: 'Opened', cart: 'a', key: 'k1' },
  { type: 'Added', cart: 'a', amount: 3 },
  { type: 'Opened', cart: 'b', key: 'k2' },
  { type: 'Noted' },
  { type: 'Added', cart: 'b', amount: 5 },
  { type: 'Moved', cart: 'a', to: 'b', amount: 1 },
];

describe('projecting', () => {
  test('older events are folded in, then those that come', async () => {
    const last = await append(log, ...CARTS);
    const { past, becomes, projector } = await run();
    await past(last);
    expect(await documents()).toEqual(foldFromZero(carts.view(), await allEvents()));
    await becomes('following');
    const next = await append(log, { type: 'Added', cart: 'a', amount: 10 });
    await past(next);
    expect(await documents()).toMatchObject({ a: { total: 14, seen: 4 } });
    expect((await views.live(carts.view())).checkpoint).toBe(next);
    expect(projector.status()).toEqual({ state: 'following', checkpoint: next, lagMillis: 0 });
  });

  test('events of no concern move the checkpoint', async () => {
    const last = await append(log, { type: 'Noted' }, { type: 'Noted' });
    await (await run()).past(last);
    expect(await documents()).toEqual({});
    expect((await views.live(carts.view())).checkpoint).toBe(last);
  });

  test('it goes on from the stored checkpoint', async () => {
    const first = await run();
    await first.past(await append(log, ...CARTS));
    expect(await first.stop()).toBe('stopped');
    expect(first.projector.status().state).toBe('stopped');
    const { applied } = carts;
    const second = await run();
    await second.past(await append(log, { type: 'Added', cart: 'b', amount: 1 }));
    expect(carts.applied).toBe(applied + 1);
    expect(await documents()).toEqual(foldFromZero(carts.view(), await allEvents()));
  });

  test('it ends at once when it is told to, also while it waits', async () => {
    const { stop, becomes } = await run();
    await becomes('following');
    expect(await stop()).toBe('stopped');
    await append(log, { type: 'Broken', cart: 'before' });
    carts.broken = 'route';
    const parked = await run({ settings: { ...QUICK, parkedPollMillis: 60_000 } });
    await parked.becomes('parked');
    expect(await parked.stop()).toBe('stopped');
  });

  test('a filter drops what was made in the same batch, and what was stored', async () => {
    const first = await run();
    await first.past(await append(log, ...CARTS));
    await first.stop();
    await append(
      log,
      { type: 'Opened', cart: 'c', key: 'k1' },
      { type: 'Opened', cart: 'd', key: 'k3' },
      { type: 'Added', cart: 'a', amount: 1 },
      { type: 'KeyGone', key: 'k1' },
      { type: 'Opened', cart: 'e', key: 'k1' },
    );
    const { past } = await run();
    await past(await append(log, { type: 'Added', cart: 'a', amount: 1 }));
    expect(Object.keys(await documents())).toEqual(['b', 'd', 'e']);
  });

  test('a document that is dropped and made again in a batch is the new one', async () => {
    const last = await append(
      log,
      { type: 'Opened', cart: 'a', key: 'k1' },
      { type: 'KeyGone', key: 'k1' },
      { type: 'Opened', cart: 'a', key: 'k2' },
      { type: 'KeyGone', key: 'k1' },
    );
    await (await run()).past(last);
    expect(await documents()).toEqual({ a: { total: 0, keys: ['k2'], seen: 1 } });
  });

  test('a filter does not take what has changed since it was stored', async () => {
    const first = await run();
    await first.past(await append(log, { type: 'Opened', cart: 'a', key: 'k1' }));
    await first.stop();
    const last = await append(
      log,
      { type: 'Closed', cart: 'a' },
      { type: 'Opened', cart: 'a', key: 'k2' },
      { type: 'KeyGone', key: 'k1' },
    );
    await (await run()).past(last);
    expect(await documents()).toEqual({ a: { total: 0, keys: ['k2'], seen: 1 } });
  });

  test('a change is written once', async () => {
    const last = await append(log, ...CARTS, ...CARTS, ...CARTS);
    const written: Change[] = [];
    const watched = interposed<Views>(views, {
      write: async (build, view, batch) => {
        written.push(...batch.changes);
        await views.write(build, view, batch);
      },
    });
    const settings = { ...QUICK, batchEvents: 2, flushDocuments: 1 };
    await (await run({ views: watched, settings })).past(last);
    const times = written.map(({ id, position }) => `${id}@${position}`);
    expect(new Set(times).size).toBe(times.length);
  });

  test('an upcaster is asked before anything else', async () => {
    const last = await append(log, { type: 'Opened', cart: 'a', key: 'old' });
    const lift = (event: RecordedEvent) => ({ ...event, data: { ...event.data, key: 'new' } });
    await (await run({ lift })).past(last);
    expect(await documents()).toMatchObject({ a: { keys: ['new'] } });
  });
});

const cart = fc.constantFrom('a', 'b', 'c');
const key = fc.constantFrom('k1', 'k2', 'k3');
const amount = fc.integer({ min: 1, max: 9 });
const cartEvent: fc.Arbitrary<CartEvent> = fc.oneof(
  fc.record({ type: fc.constant('Opened' as const), cart, key }),
  fc.record({ type: fc.constant('Added' as const), cart, amount }),
  fc.record({ type: fc.constant('Moved' as const), cart, to: cart, amount }),
  fc.record({ type: fc.constant('Closed' as const), cart }),
  fc.record({ type: fc.constant('KeyGone' as const), key }),
  fc.record({ type: fc.constant('Noted' as const) }),
);

/** What befalls a write: nothing, or an outage before it, after its documents, or after all of it. */
const fate = fc.constantFrom('done', 'not begun', 'no checkpoint', 'no answer');

describe('views equal a fold from zero', () => {
  test('for any split into batches, any outages and any restarts', async () => {
    const property = fc.asyncProperty(
      fc.array(cartEvent, { maxLength: 30 }),
      fc.array(fc.record({ batchEvents: fc.integer({ min: 1, max: 7 }), fates: fc.array(fate) }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 4 }),
      async (events, lives, flushDocuments) => {
        log = new MemoryEventLog();
        views = new MemoryViews();
        const share = Math.ceil(events.length / lives.length);
        for (const [i, { batchEvents, fates }] of lives.entries()) {
          const last = await append(log, ...events.slice(i * share, (i + 1) * share));
          const settings = { ...QUICK, batchEvents, flushDocuments };
          const life = await run({ settings, views: unreliable(fates) });
          // The last life sees it through; the others end somewhere in between.
          if (i === lives.length - 1) await life.past(last);
          else await life.until(({ checkpoint }) => checkpoint > START || last === START);
          await life.stop();
        }
        expect(await documents()).toEqual(foldFromZero(carts.view(), await allEvents()));
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });
});

/** The store, whose writes meet these fates one after another, and then none. */
function unreliable(fates: readonly string[]): Views {
  const left = [...fates];
  return interposed<Views>(views, {
    write: async (build, view, batch) => {
      const met = left.shift() ?? 'done';
      if (met === 'not begun') throw new Outage('views', 'tested');
      const standing = (await views.live(view)).checkpoint;
      const checkpoint = met === 'no checkpoint' ? standing : batch.checkpoint;
      await views.write(build, view, { ...batch, checkpoint });
      if (met !== 'done') throw new Outage('views', 'tested');
    },
  });
}

describe('crashes and outages', () => {
  test('a crash between documents and checkpoint changes nothing', async () => {
    const last = await append(log, ...CARTS);
    const crashed = await run({ views: unreliable(['no checkpoint', 'not begun']) });
    await crashed.becomes('waiting');
    await crashed.stop();
    expect((await views.live(carts.view())).checkpoint).toBe(START);
    const once = await documents();
    expect(once).toEqual(foldFromZero(carts.view(), await allEvents()));
    carts.applied = 0;
    await (await run({ settings: { ...QUICK, batchEvents: 2 } })).past(last);
    expect(await documents()).toEqual(once);
    expect(carts.applied).toBe(0);
  });

  test.each(['write', 'load', 'match'] as const)(
    'an outage of %s is waited for, visibly',
    async (method) => {
      const last = await append(log, ...CARTS, { type: 'KeyGone', key: 'k1' });
      const outage = new Outage('views', 'disk-full');
      const { past, becomes, projector } = await run({
        views: failingFirst<Views>(views, method, 3, outage),
      });
      await becomes('waiting');
      expect(projector.status().outage).toBe('views: disk-full');
      await past(last);
      expect(await documents()).toEqual(foldFromZero(carts.view(), await allEvents()));
      expect(projector.status().outage).toBeUndefined();
    },
  );

  test('an outage of the log is waited for', async () => {
    const last = await append(log, ...CARTS);
    const flaky = failingFirst(log, 'readAll', 2, new Outage('event-log', 'busy'));
    await (await run({ log: flaky })).past(last);
    expect(Object.keys(await documents())).toEqual(['a', 'b']);
  });
});

describe('an event that cannot be folded', () => {
  test.each(['route', 'apply'] as const)('parks the view where %s throws', async (where) => {
    carts.broken = where;
    const before = await append(log, ...CARTS, { type: 'Opened', cart: 'before', key: 'k9' });
    const stored = await documentsAfter(before);
    const at = await append(log, { type: 'Broken', cart: 'before' });
    await append(log, ...CARTS);
    const clock = { now: () => instantOf(0) };
    // The batch of the event is not the newest, and much is not written yet when it comes.
    const settings = { ...QUICK, batchEvents: 3 };
    const { projector, becomes } = await run({ clock, settings });
    await becomes('parked');
    const parked = { position: at, reason: `${where}: RangeError (Broken)`, at: instantOf(0) };
    expect(projector.status().parked).toEqual(parked);
    expect(await views.live(carts.view())).toMatchObject({ checkpoint: before, parked });
    expect(await documents()).toEqual(stored);
  });

  async function documentsAfter(position: Position) {
    const events = (await allEvents()).filter((event) => event.position <= position);
    return foldFromZero(carts.view(), events);
  }

  test('an event of several documents changes all of them or none', async () => {
    // "before" is folded first and would be changed; the other one throws.
    carts.broken = 'apply';
    await append(log, { type: 'Opened', cart: 'z', key: 'k' }, { type: 'Broken', cart: 'z' });
    const { becomes } = await run();
    await becomes('parked');
    expect(await documents()).toEqual({ z: { total: 0, keys: ['k'], seen: 1 } });
  });

  test('goes on when it is retried, and stays parked when nothing has changed', async () => {
    carts.broken = 'route';
    await append(log, ...CARTS, { type: 'Broken', cart: 'x' });
    const last = await append(log, { type: 'Added', cart: 'a', amount: 1 });
    const { projector, becomes, past } = await run();
    await becomes('parked');
    await views.unpark('carts');
    projector.retry();
    await becomes('catching-up');
    await becomes('parked');
    carts.broken = undefined;
    await views.unpark('carts');
    await past(last);
    expect(await documents()).toEqual(foldFromZero(carts.view(), await allEvents()));
    expect(projector.status().parked).toBeUndefined();
  });

  test('parks only its own view', async () => {
    const last = await append(log, ...CARTS, { type: 'Broken', cart: 'before' });
    const sound = new Breakable();
    sound.broken = undefined;
    carts.broken = 'route';
    const broken = await run();
    const other = await run({ view: sound.view(1, 'others') });
    await other.past(last);
    await broken.becomes('parked');
    expect((await views.live(sound.view(1, 'others'))).parked).toBeUndefined();
  });

  test.each<[string, Partial<ViewDefinition>, string]>([
    ['an id that is none', { route: () => ['ä'] }, 'route: document-id (Opened)'],
    ['an empty id', { route: () => ['a', ''] }, 'route: document-id (Opened)'],
    ['an undeclared filter', { route: () => ({ name: 'x' }) }, 'route: filter-field (Opened)'],
    ['a shape', { apply: () => ({ total: {} }) }, 'apply: document-shape (Opened)'],
    ['an array', { apply: () => ({ keys: 'k' }) }, 'apply: document-shape (Opened)'],
    ['null within', { apply: () => ({ keys: [null] }) }, 'apply: document-shape (Opened)'],
    [
      'a token',
      { apply: (_, __, opened) => ({ t: opened.token('x', 'y') }) },
      'apply: token-undeclared (Opened)',
    ],
    ['opening', { opens: () => ['contact'] }, 'open: no-opener (Opened)'],
  ])('a fold that breaks the rules parks its view: %s', async (_, part, reason) => {
    await append(log, { type: 'Opened', cart: 'a', key: 'k' });
    const { projector, becomes } = await run({ view: { ...carts.view(), ...part } });
    await becomes('parked');
    expect(projector.status().parked?.reason).toBe(reason);
  });

  test('an upcaster that throws parks the view', async () => {
    await append(log, ...CARTS);
    const lift = (event: RecordedEvent) => {
      if (event.data.cart === 'b') throw new IntegrityError('schema-unknown', 'PERSONAL');
      return event;
    };
    const { projector, becomes } = await run({ lift });
    await becomes('parked');
    expect(projector.status().parked?.reason).toBe('lift: schema-unknown (Opened)');
    expect(Object.keys(await documents())).toEqual(['a']);
  });

  test('a log that contradicts itself parks the view, and nothing else', async () => {
    const torn = interposed(log, {
      readAll: () => Promise.reject(new IntegrityError('stream-truncated', 'PERSONAL')),
    });
    const { projector, becomes } = await run({ log: torn });
    await becomes('parked');
    expect(projector.status().parked).toMatchObject({
      position: START,
      reason: 'projection: stream-truncated',
    });
  });
});

describe('opening', () => {
  const categories = ['contact'] as const;
  const person = (event: RecordedEvent) => textOf(event, 'cart') as SubjectId;

  function opening(): ViewDefinition {
    return {
      ...carts.view(),
      tokens: ['email'],
      opens: ({ type }) => (type === 'Opened' ? categories : []),
      apply: (_, event, opened) => {
        if (event.type !== 'Opened') return undefined;
        const email = opened.value(person(event), 'contact')?.email;
        const keys = typeof email === 'string' ? [opened.token('email', email)] : [];
        return { total: 0, keys };
      },
    };
  }

  test('asks once for a batch, and only for what is wanted', async () => {
    const last = await append(log, ...CARTS, { type: 'KeyGone', key: 'x' });
    const asked: string[][] = [];
    const secrets = new MemorySecrets();
    const { past } = await run({
      view: opening(),
      secrets,
      open: async (wanted, view) => {
        asked.push([view, ...wanted.map(({ event }) => person(event))]);
        // "b" is erased.
        return (_, subject) => (subject === 'a' ? { email: 'a@example.org' } : undefined);
      },
    });
    await past(last);
    expect(asked).toEqual([['carts', 'a', 'b']]);
    const tokenizer = await tokenizerOf(secrets, opening(), await views.live(opening()));
    const token = tokenizer.token('email', 'a@example.org');
    expect(await documents()).toMatchObject({ a: { total: 0 }, b: { keys: [] } });
    const [first] = await views.find(opening(), {}, { limit: 1 });
    expect(JSON.stringify(first)).not.toContain('example.org');
    const opened = await append(log, { type: 'Opened', cart: 'a', key: 'k' });
    await past(opened);
    expect(
      (await views.find(opening(), { keys: token }, { limit: 5 })).map(({ id }) => id),
    ).toEqual(['a']);
  });

  test('an outage is waited for, and is never an erasure', async () => {
    const last = await append(
      log,
      { type: 'Opened', cart: 'a', key: 'k' },
      { type: 'Opened', cart: 'b', key: 'k' },
    );
    let outages = 2;
    const { past } = await run({
      view: opening(),
      open: async (wanted) => {
        // Not one after another either: the vault is out, no envelope is at fault.
        expect(wanted).toHaveLength(2);
        outages -= 1;
        if (outages >= 0) throw new Outage('vault', 'busy');
        return () => ({ email: 'a@example.org' });
      },
    });
    await past(last);
    const { a } = await documents(opening());
    expect(a?.keys).toHaveLength(1);
  });

  test('an envelope that does not open parks the view at its event', async () => {
    await append(
      log,
      { type: 'Opened', cart: 'a', key: 'k' },
      { type: 'Opened', cart: 'b', key: 'k' },
    );
    const at = await append(log, { type: 'Opened', cart: 'c', key: 'k' });
    await append(log, { type: 'Opened', cart: 'd', key: 'k' });
    const { projector, becomes } = await run({
      view: opening(),
      open: async (wanted) => {
        if (wanted.some(({ event }) => event.data.cart === 'c')) {
          throw new IntegrityError('envelope-refused', 'PERSONAL');
        }
        return () => ({ email: 'x@example.org' });
      },
    });
    await becomes('parked');
    expect(projector.status().parked).toMatchObject({
      position: at,
      reason: 'open: envelope-refused (Opened)',
    });
    const docs = await documents(opening());
    expect(Object.keys(docs)).toEqual(['a', 'b']);
    for (const { keys } of Object.values(docs)) expect(keys).toHaveLength(1);
  });
});

describe('one projector per view', () => {
  test('who was overtaken writes nothing and ends', async () => {
    await append(log, ...CARTS);
    const build = await views.live(carts.view());
    await views.write(build, carts.view(), { changes: [], checkpoint: START, epoch: 2 });
    const { end } = await run({ epoch: 1 });
    expect(await end).toBe('fenced');
    expect(await documents()).toEqual({});
    expect((await views.live(carts.view())).checkpoint).toBe(START);
  });

  test('who was overtaken cannot park the view either', async () => {
    carts.broken = 'route';
    await append(log, { type: 'Broken', cart: 'x' });
    const build = await views.live(carts.view());
    await views.write(build, carts.view(), { changes: [], checkpoint: START, epoch: 2 });
    expect(await (await run({ epoch: 1 })).end).toBe('fenced');
    expect((await views.live(carts.view())).parked).toBeUndefined();
  });

  test('a parked view whose build is gone ends', async () => {
    carts.broken = 'route';
    await append(log, { type: 'Broken', cart: 'x' });
    const build = await views.live(carts.view());
    const { end, becomes } = await run();
    await becomes('parked');
    await views.drop(build, 1);
    expect(await end).toBe('fenced');
  });
});
