import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';

import { eventIdOf, stepIdOf } from '#commands';
import {
  EVIDENCE_STREAM,
  keptTimestamps,
  readAuthority,
  type KeptTimestamp,
  type TimestampAuthority,
} from '#evidence';
import {
  describeWithOpenssl,
  OpensslAuthority,
  TimestampServer,
  type TimestampAnswer,
} from '#evidence/testing';
import type { EventId, Instant } from '#kernel';
import { instantOf, Outage, setFaultProbe } from '#kernel';

import { asking } from '../../test/faults/support/asking.js';
import { EvidenceReader } from './evidence-reader.js';
import { openLedger, type Ledger } from './ledger.js';
import { signWhile } from './sequencing.js';
import { readSettings } from './settings.js';
import { Timestamping } from './timestamping.js';

const LIMIT = 60_000;
const AGAIN_MILLIS = 30_000;
const HOUR_MILLIS = 3_600_000;
const DAY_MILLIS = 86_400_000;
const PATIENCE = { millis: 300, bytes: 20_000 };

type Answer = (query: Buffer) => Promise<TimestampAnswer | 'never'>;

describeWithOpenssl('the newest checkpoint', () => {
  let folder: string;
  let ledger: Ledger;
  let openssl: OpensslAuthority;
  let stranger: OpensslAuthority;
  let refuser: OpensslAuthority;
  let server: TimestampServer;
  let authority: TimestampAuthority;
  let answer: Answer;
  let problems: string[];
  let now: () => Instant;
  let monotonic = 0;

  beforeAll(async () => {
    openssl = await OpensslAuthority.make({ keys: 'ec' });
    stranger = await OpensslAuthority.make({ keys: 'ec' });
    refuser = await OpensslAuthority.make({ keys: 'ec', stamps: 'sha512' });
    server = await TimestampServer.start((query) => answer(query));
    authority = readAuthority(server.url, await openssl.rootPem(), { url: '', anchors: '' });
  }, LIMIT);
  afterAll(async () => {
    await server.stop();
    for (const one of [openssl, stranger, refuser]) await one.remove();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledger-timestamping-'));
    const settings = readSettings({ LEDGER_DATA: join(folder, 'data') });
    ledger = await openLedger({ settings, what: 'test' });
    server.asked.length = 0;
    problems = [];
    monotonic = 0;
    now = () => instantOf(Date.now());
    answer = granting;
    await sign();
  }, LIMIT);
  afterEach(async () => {
    setFaultProbe(undefined);
    await ledger.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function granting(query: Buffer): Promise<TimestampAnswer> {
    return { body: await openssl.reply(query) };
  }

  /** A new checkpoint, over something new. */
  async function sign(): Promise<number> {
    await ledger.commands.register(asking(randomUUID()), {
      category: 'private',
      identity: { lastName: 'Virtanen' },
    });
    await signWhile(ledger, () => new EvidenceReader(ledger).signNow());
    return (await ledger.evidence.record.seen()).last?.size ?? -1;
  }

  function stamping(): Timestamping {
    const told = {
      evidence: { ...ledger.evidence, authority },
      clock: { now: () => now() },
      onProblem: (code: string) => {
        problems.push(code);
      },
    };
    return new Timestamping(told, { patience: PATIENCE, monotonic: () => monotonic });
  }

  async function recorded(): Promise<readonly KeptTimestamp[]> {
    const all: KeptTimestamp[] = [];
    for await (const one of keptTimestamps(ledger.stores.log.read(EVIDENCE_STREAM, 0))) {
      all.push(one);
    }
    return all;
  }

  it('is stamped, once a day', async () => {
    const { last } = await ledger.evidence.record.seen();
    const process = stamping();
    await process.round();
    const [one, ...more] = await recorded();
    expect([one, more, problems]).toEqual([
      expect.objectContaining({ size: last?.size, authority: server.url, chain: 'checked' }),
      [],
      [],
    ]);
    expect(one?.note).toBe(last?.note);
    const response = Buffer.from(one?.response ?? '', 'base64');
    expect(await openssl.verifies(Buffer.from(last?.note ?? ''), response)).toBe(true);
    monotonic += DAY_MILLIS;
    await process.round();
    now = () => instantOf(Date.now() + DAY_MILLIS);
    await stamping().round();
    expect([server.asked.length, await recorded()]).toEqual([1, [one]]);
  });

  it('is stamped under an id that is the same whoever tries', async () => {
    await stamping().round();
    const [one] = await recorded();
    const step = `timestamp:privacy-ledger.local:${server.url}:${String(one?.at.slice(0, 10))}`;
    const id = eventIdOf(stepIdOf(ledger.id as string as EventId, step), 0);
    const ids: EventId[] = [];
    for await (const page of ledger.stores.log.read(EVIDENCE_STREAM, 0)) {
      ids.push(...page.map((event) => event.id));
    }
    expect(ids).toContain(id);
  });

  it('is stamped again where it is another one, on another day', async () => {
    const process = stamping();
    await process.round();
    await sign();
    monotonic += DAY_MILLIS;
    await process.round();
    expect(server.asked).toHaveLength(1);
    // By the ledger's clock the next day has come, by the authority's it has not.
    now = () => instantOf(Date.now() + DAY_MILLIS);
    await process.round();
    expect(server.asked).toHaveLength(2);
    expect([await recorded(), problems]).toEqual([[expect.anything()], []]);
    await process.round();
    expect(server.asked).toHaveLength(2);
  });

  it.each<[string, Answer]>([
    ['rejected', async (query) => ({ body: await refuser.reply(query) })],
    ['chain-unknown', async (query) => ({ body: await stranger.reply(query) })],
    ['imprint-differs', async (query) => granting(flipped(query, '0420', 33))],
    ['nonce-differs', async (query) => granting(flipped(query, '0209', 10))],
    ['signature-wrong', async (query) => ({ body: lastFlipped(await openssl.reply(query)) })],
    ['unreadable', async () => ({ body: Buffer.from('hello') })],
    ['unreadable', async () => ({ body: Buffer.alloc(0) })],
    ['too-large', async () => ({ body: Buffer.alloc(PATIENCE.bytes + 1) })],
    ['slow', async () => 'never'],
    ['http-status', async () => ({ status: 500, body: Buffer.alloc(0) })],
    ['media-type', async (query) => ({ ...(await granting(query)), type: 'text/plain' })],
  ])('has no timestamp where the answer is %s', async (problem, given) => {
    answer = given;
    const process = stamping();
    await process.round();
    expect([await recorded(), problems]).toEqual([[], [`timestamp: ${problem}`]]);
    answer = granting;
    monotonic += AGAIN_MILLIS;
    await process.round();
    expect(await recorded()).toHaveLength(1);
  });

  it('is tried again after twice the time each time, after an hour at the latest', async () => {
    answer = async () => ({ status: 503, body: Buffer.alloc(0) });
    const process = stamping();
    const asked: number[] = [];
    for (; monotonic < 4 * HOUR_MILLIS; monotonic += AGAIN_MILLIS / 2) {
      const before = server.asked.length;
      await process.round();
      if (server.asked.length > before) asked.push(monotonic / AGAIN_MILLIS);
    }
    expect(asked).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 247, 367]);
    expect(problems).toHaveLength(asked.length);
    answer = granting;
    monotonic += HOUR_MILLIS;
    await process.round();
    expect(await recorded()).toHaveLength(1);
  });

  it('has one timestamp where a process dies that has just recorded it', async () => {
    setFaultProbe((point) => {
      if (point === 'command.after-append') throw new Outage('test', point);
    });
    await stamping().round();
    setFaultProbe(undefined);
    expect(problems).toEqual(['test: command.after-append']);
    const asked = server.asked.length;
    await stamping().round();
    expect(server.asked).toHaveLength(asked);
    expect(await recorded()).toHaveLength(1);
  });

  it('has one timestamp where two processes ask at once', async () => {
    await Promise.all([stamping().round(), stamping().round()]);
    expect([server.asked.length, await recorded(), problems]).toEqual([2, [expect.anything()], []]);
  });

  it('is not waited for by a process that ends', async () => {
    const process = stamping();
    const asked = new Promise<void>((resolve) => {
      answer = async () => {
        resolve();
        return 'never';
      };
    });
    const round = process.round();
    await asked;
    process.end();
    await round;
    expect([await recorded(), problems]).toEqual([[], []]);
  });

  it('and its timestamp are no reason to sign again', async () => {
    await stamping().round();
    const before = await ledger.evidence.record.seen();
    await signWhile(ledger, () => new EvidenceReader(ledger).signNow());
    expect((await ledger.evidence.record.seen()).last).toEqual(before.last);
  });
});

/** A bit of a question turned round: in the last byte of what begins so. */
function flipped(query: Buffer, head: string, offset: number): Buffer {
  const altered = Buffer.from(query);
  const at = query.indexOf(Buffer.from(head, 'hex')) + offset;
  altered[at] = (altered[at] ?? 0) ^ 1;
  return altered;
}

function lastFlipped(response: Buffer): Buffer {
  return flipped(response, '', response.length - 1);
}
