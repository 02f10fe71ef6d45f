import { afterEach, describe, expect, it } from '@jest/globals';

import { Outage, setFaultProbe, START, type Position } from '#kernel';

import { nodeCryptography } from '../node-cryptography.js';
import { SharedTree } from '../memory/index.js';
import { aSigner, INTERVAL_MILLIS, referenceRoot, SharedEvidence } from '../testing/index.js';
import { entryOf, leafOfEntry } from '../tree/hashing.js';
import { base64url, NEXT_KEY, parseCheckpoint, signedBy, vkeyOf } from '../verifier/index.js';
import { CHECKPOINT_FAULT_POINTS } from './fault-points.js';

afterEach(() => {
  setFaultProbe(undefined);
});

/** Root over the log's first events, from zero. */
async function rootAt(shared: SharedEvidence, size: number): Promise<string> {
  const events = await shared.log.readStored(START, size);
  return base64url(referenceRoot(events.map((event) => leafOfEntry(entryOf(event)))));
}

async function sizes(shared: SharedEvidence): Promise<readonly number[]> {
  return (await shared.signed()).map(({ size }) => size);
}

describe('a checkpoint', () => {
  it('is of the tree over all events, and signed by the ledger', async () => {
    const shared = new SharedEvidence();
    await shared.happen(3);
    await shared.process().round();
    const [checkpoint] = await shared.signed();
    expect(checkpoint).toMatchObject({ origin: 'ledger.example', size: 3 });
    expect(checkpoint?.root).toBe(await rootAt(shared, 3));
    const read = parseCheckpoint(checkpoint?.note ?? '');
    if (read === undefined) throw new Error('not read');
    expect([read.size, base64url(read.root)]).toEqual([3, checkpoint?.root]);
    expect(await signedBy(read.note, shared.signer.key, nodeCryptography)).toEqual({});
    expect(await shared.anchor.lastHead('ledger.example')).toMatchObject({ size: 3 });
    expect(await shared.treeStore.checkpoint()).toBe(checkpoint?.note);
    expect(await shared.treeStore.state()).toMatchObject({ size: 4 });
  });

  it('covers the event of the one before, and none is made where that is all that came', async () => {
    const shared = new SharedEvidence();
    const process = shared.process();
    await shared.happen(2);
    await process.round();
    shared.pass(INTERVAL_MILLIS);
    await process.round();
    await shared.process().round();
    expect(await sizes(shared)).toEqual([2]);
    await shared.happen(1);
    await process.round().catch(() => undefined);
    await shared.process().round();
    expect(await sizes(shared)).toEqual([2, 4]);
    expect((await shared.signed())[1]?.root).toBe(await rootAt(shared, 4));
  });

  it('is not made of nothing', async () => {
    const shared = new SharedEvidence();
    await shared.process().round();
    expect(await sizes(shared)).toEqual([]);
  });

  it('waits for its interval', async () => {
    const shared = new SharedEvidence();
    const process = shared.process();
    await shared.happen(1);
    await process.round();
    await shared.happen(1);
    shared.pass(INTERVAL_MILLIS - 1);
    await process.round();
    expect(await sizes(shared)).toEqual([1]);
    shared.pass(1);
    await process.round();
    expect(await sizes(shared)).toEqual([1, 3]);
  });

  it('is made before that for who waits for one, and once a second at most', async () => {
    const shared = new SharedEvidence();
    const process = shared.process();
    await shared.happen(1);
    await process.round();
    await shared.happen(1);
    shared.wanted = await shared.head();
    shared.pass(999);
    await process.round();
    expect(await sizes(shared)).toEqual([1]);
    shared.pass(1);
    await process.round();
    expect(await sizes(shared)).toEqual([1, 3]);
    await shared.happen(1);
    shared.pass(1_000);
    await process.round();
    expect(await sizes(shared)).toEqual([1, 3]);
  });
});

describe('two processes that both think that they have the lease', () => {
  it('sign no two roots for one size, nor a smaller tree after a larger one', async () => {
    const shared = new SharedEvidence();
    const [one, two] = [shared.process(), shared.process()];
    await shared.happen(2);
    await two.round();
    await shared.happen(1);
    shared.pass(INTERVAL_MILLIS);
    await one.round();
    expect(shared.problems).toContain('evidence: overtaken');
    await two.round();
    expect(await sizes(shared)).toEqual([2, 4]);
  });

  it('frozen after the claim, one signs nothing that leaves', async () => {
    const shared = new SharedEvidence();
    const [one, two] = [shared.process(), shared.process()];
    await shared.happen(2);
    const claimHead = shared.anchor.claimHead.bind(shared.anchor);
    shared.anchor.claimHead = async (head) => {
      shared.anchor.claimHead = claimHead;
      const claimed = await claimHead(head);
      await shared.happen(2);
      await two.round();
      return claimed;
    };
    await one.round();
    expect(await sizes(shared)).toEqual([4]);
  });
});

describe('after a crash', () => {
  it.each([...CHECKPOINT_FAULT_POINTS, 'evidence.before-state'])(
    'at %s the next process signs on, consistently',
    async (point) => {
      const shared = new SharedEvidence();
      await shared.happen(3);
      let isCrashed = false;
      setFaultProbe((reached) => {
        if (reached !== point) return;
        setFaultProbe(undefined);
        isCrashed = true;
        throw new Outage('test', point);
      });
      await expect(shared.process().round()).rejects.toThrow(point);
      expect(isCrashed).toBe(true);
      await shared.happen(1);
      shared.pass(INTERVAL_MILLIS);
      await shared.process().round();
      const signed = await shared.signed();
      for (const { size, root } of signed) expect(root).toBe(await rootAt(shared, size));
      expect(signed.at(-1)?.size).toBe(point === 'checkpoint.recorded' ? 5 : 4);
      expect(shared.halt).toBeUndefined();
    },
  );
});

describe('a stored tree', () => {
  it('that is lost is made again', async () => {
    const shared = new SharedEvidence();
    await shared.happen(300);
    await shared.process().round();
    shared.tree = new SharedTree();
    await shared.happen(1);
    shared.pass(INTERVAL_MILLIS);
    await shared.process().round();
    expect(await sizes(shared)).toEqual([300, 302]);
    expect((await shared.signed())[1]?.root).toBe(await rootAt(shared, 302));
    expect(shared.problems).toEqual([]);
  });

  it.each(['0/0', '0/1', '1/0'])(
    'whose tile %s is damaged is made again, and that is told',
    async (name) => {
      const shared = new SharedEvidence();
      await shared.happen(300);
      await shared.process().round();
      const before = Buffer.from(shared.tree.tiles.get(name) ?? '');
      shared.tree.tiles.get(name)?.fill(0xff, 0, 8);
      await shared.treeStore.doubt();
      await shared.process().round();
      expect(shared.tree.tiles.get(name)?.subarray(0, before.length)).toEqual(before);
      expect(shared.problems).toEqual([expect.stringContaining('damaged')]);
      expect(await shared.treeStore.isDoubted()).toBe(false);
    },
  );

  it('whose right edge is damaged is found without a doubt', async () => {
    const shared = new SharedEvidence();
    await shared.happen(300);
    await shared.process().round();
    shared.tree.tiles.get('0/1')?.fill(0xff, 0, 8);
    await shared.process().round();
    expect(shared.problems).toEqual([expect.stringContaining('damaged')]);
    expect(shared.halt).toBeUndefined();
  });
});

describe('a log that is not what was signed', () => {
  /** Has 300 events signed, and then the log changed by somebody. */
  async function changed(by: (shared: SharedEvidence) => void) {
    const shared = new SharedEvidence();
    await shared.happen(300);
    await shared.process().round();
    by(shared);
    await shared.happen(1);
    shared.pass(INTERVAL_MILLIS);
    return shared;
  }

  it('and whose tree was changed with it is signed no more, loudly, and its tiles are kept', async () => {
    const shared = await changed(({ store, tree }) => {
      const [row] = store.events;
      if (row === undefined) throw new Error('no event');
      store.events[0] = [...row.slice(0, 6), '{"n":99}'] as unknown as typeof row;
      tree.tiles.get('1/0')?.fill(0xff, 0, 8);
    });
    const tiles = new Map(shared.tree.tiles);
    const process = shared.process();
    await process.round();
    await process.round();
    expect(await sizes(shared)).toEqual([300]);
    expect(shared.halt).toBe('log-differs');
    expect(shared.problems).toEqual(['evidence: nothing is signed any more, log-differs']);
    expect(shared.tree.tiles).toEqual(tiles);
  });

  it('because an old copy of it was put back is signed no more', async () => {
    const shared = await changed(({ store, tree }) => {
      store.events.splice(200);
      store.streams.delete('evidence' as never);
      Object.assign(tree, new SharedTree());
    });
    await shared.process().round();
    expect(await sizes(shared)).toEqual([]);
    expect(shared.halt).toBe('log-rolled-back');
  });

  it('as the anchor has it is signed no more', async () => {
    const shared = await changed(() => undefined);
    await shared.anchor.claimHead({
      origin: 'ledger.example',
      size: 301,
      root: base64url(Buffer.alloc(32, 1)),
    });
    await shared.process().round();
    expect(await sizes(shared)).toEqual([300]);
    expect(shared.halt).toBe('log-differs');
  });

  it('at the very size that it comes to sign is not signed', async () => {
    const shared = await changed(() => undefined);
    const process = shared.process({
      anchor: Object.assign(shared.anchor, {
        claimHead: async (head: object) => ({ ...head, root: base64url(Buffer.alloc(32, 1)) }),
      }),
    });
    await process.round();
    expect(await sizes(shared)).toEqual([300]);
    expect(shared.halt).toBe('log-differs');
  });
});

describe('a key that takes the place of another', () => {
  async function rotated(crashAt?: string) {
    const shared = new SharedEvidence();
    const old = shared.signer.key;
    await shared.happen(1);
    await shared.process().round();
    shared.next = aSigner('ledger.example');
    const { key: fresh } = shared.next;
    if (crashAt !== undefined) {
      setFaultProbe((reached) => {
        if (reached !== crashAt) return;
        setFaultProbe(undefined);
        throw new Outage('test', crashAt);
      });
      await expect(shared.process().round()).rejects.toThrow(crashAt);
    }
    await shared.process().round();
    await shared.happen(1);
    shared.pass(INTERVAL_MILLIS);
    await shared.process().round();
    return { shared, old, fresh };
  }

  it.each([undefined, ...CHECKPOINT_FAULT_POINTS])(
    'is announced in its last checkpoint, and has signed that too (crash at %s)',
    async (crashAt) => {
      const { shared, old, fresh } = await rotated(crashAt);
      const [first, announcing, next] = await shared.signed();
      const keys = [old, fresh];
      const signs = async (note = '') => {
        const read = parseCheckpoint(note);
        if (read === undefined) throw new Error('not read');
        return Promise.all(
          keys.map(async (key) => typeof (await signedBy(read.note, key, nodeCryptography))),
        );
      };
      expect(await signs(first?.note)).toEqual(['object', 'string']);
      expect(await signs(announcing?.note)).toEqual(['object', 'object']);
      expect(await signs(next?.note)).toEqual(['string', 'object']);
      const vkey = await vkeyOf(fresh, nodeCryptography);
      expect(parseCheckpoint(announcing?.note ?? '')?.extensions).toEqual([`${NEXT_KEY} ${vkey}`]);
      expect([announcing?.successor, next?.key]).toEqual([vkey, vkey]);
      expect([shared.signer.key, shared.next, shared.halt]).toEqual([fresh, undefined, undefined]);
    },
  );

  it('without a word is not signed with', async () => {
    const shared = new SharedEvidence();
    await shared.happen(1);
    await shared.process().round();
    shared.signer = aSigner('ledger.example');
    await shared.happen(1);
    shared.pass(INTERVAL_MILLIS);
    await shared.process().round();
    expect(await sizes(shared)).toEqual([1]);
    expect(shared.halt).toBe('key-differs');
  });
});

describe('another origin than was signed under', () => {
  it('is not signed under', async () => {
    const shared = new SharedEvidence();
    await shared.happen(1);
    shared.origin = 'ledger.example/2';
    await shared.process().round();
    expect(await sizes(shared)).toEqual([]);
    expect(shared.halt).toBe('origin-differs');
  });
});

describe('an outage', () => {
  it('is passed on, and the next round goes on', async () => {
    const shared = new SharedEvidence();
    await shared.happen(2);
    const log = shared.log;
    const readStored = log.readStored.bind(log);
    let isOut = true;
    log.readStored = async (after: Position, limit: number) => {
      if (isOut) throw new Outage('event-log', 'away');
      return readStored(after, limit);
    };
    const process = shared.process({ log });
    await expect(process.round()).rejects.toThrow('away');
    isOut = false;
    await process.round();
    expect(await sizes(shared)).toEqual([2]);
  });
});
