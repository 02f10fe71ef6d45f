import { describe, expect, test } from '@jest/globals';

import type { MongoInspection, MongoServer } from '#mongo-store';

import type { Check } from './check.js';
import { room } from './disk.js';
import { nodeVersion } from './machine.js';
import { checksOf } from './mongodb.js';
import { listed, sizeText, spanText } from './texts.js';

const GIB = 1_024 ** 3;
const HOUR = 3_600_000;

describe('room on a disk', () => {
  test.each([
    ['ok', 2 * GIB, 10 * GIB],
    ['warning', 0.9 * GIB, 2 * GIB],
    ['warning', 90 * GIB, 1_000 * GIB],
    ['failure', 1_024, 10 * GIB],
  ])('is %s with %d of %d', (status, free, all) => {
    expect(room('disk', '/data', free, all).status).toBe(status);
  });

  test('is told in numbers', () => {
    const { seen } = room('disk', '/data', 1.5 * GIB, 30 * GIB);
    expect(seen).toBe('/data: 1.5 GiB of 30.0 GiB free (5 %)');
  });
});

test('texts say sizes, spans and lists as people do', () => {
  expect([sizeText(0), sizeText(1_536), sizeText(5 * GIB)]).toEqual([
    '0 bytes',
    '1.5 KiB',
    '5.0 GiB',
  ]);
  expect([1_000, 61_000, 3 * HOUR, 49 * HOUR].map(spanText)).toEqual([
    '1 second',
    '1 minute',
    '3 hours',
    '2 days',
  ]);
  expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['none', 'a', 'a, b and c']);
});

test.each([
  ['20.18.3', 'failure'],
  ['20.19.0', 'ok'],
  ['22.1.0', 'ok'],
])('Node %s is %s', (version, status) => {
  expect(nodeVersion(version).status).toBe(status);
});

describe('what was seen of a MongoDB', () => {
  const SERVER: MongoServer = {
    version: '8.0.4',
    kind: 'replica-set',
    authentication: 'on',
    setup: {
      electionTimeoutMillis: 2_000,
      majority: 2,
      majorityIsJournaled: true,
      isPersistent: true,
      writeConcern: 'majority',
      lagMillis: new Map(),
    },
  };
  const RIGHTS = { missing: new Map<string, readonly string[]>(), excessive: [] };
  const WELL: MongoInspection = {
    members: [
      { host: 'a:1', state: 'primary', skewMillis: 0 },
      { host: 'b:1', state: 'secondary', skewMillis: 0 },
      { host: 'c:1', state: 'secondary', skewMillis: 0 },
    ],
    isDirect: false,
    tls: 'on',
    server: { ...SERVER, rights: RIGHTS },
  };
  const [primary, secondary] = WELL.members;
  const withServer = (more: Partial<MongoServer>) => ({
    ...WELL,
    server: { ...SERVER, rights: RIGHTS, ...more },
  });
  const withSetup = (more: Partial<MongoServer['setup']>) =>
    withServer({ setup: { ...SERVER.setup, ...more } });
  const troubles = (seen: MongoInspection) =>
    checksOf('vault', seen)
      .filter(({ status }: Check) => status !== 'ok')
      .map(({ status, code, of }) => `${status} ${code} ${of ?? ''}`);

  test('is well', () => {
    expect(troubles(WELL)).toEqual([]);
  });

  test.each<readonly [string, MongoInspection]>([
    ['failure mongodb-version vault', withServer({ version: '5.0.30' })],
    ['failure mongodb-standalone vault', withServer({ kind: 'standalone' })],
    ['warning mongodb-tls vault', { ...WELL, tls: 'off' }],
    ['failure mongodb-tls vault', { ...WELL, tls: 'unchecked' }],
    ['warning mongodb-direct vault', { ...WELL, isDirect: true }],
    ['warning mongodb-authentication vault', withServer({ authentication: 'off' })],
    ['advice mongodb-elections vault', withSetup({ electionTimeoutMillis: 10_000 })],
    ['skipped mongodb-elections vault', withSetup({ electionTimeoutMillis: undefined })],
    ['failure mongodb-durability vault', withSetup({ isPersistent: false })],
    ['warning mongodb-durability vault', withSetup({ majorityIsJournaled: false })],
    ['warning mongodb-lag b:1', withSetup({ lagMillis: new Map([['b:1', 11_000]]) })],
    ['failure mongodb-primary vault', { ...WELL, members: WELL.members.slice(1) }],
    ['failure mongodb-primary vault', { ...WELL, members: WELL.members.slice(0, 1) }],
  ])('has a %s', (trouble, seen) => {
    expect(troubles(seen)).toEqual([trouble]);
  });

  test('has a server that is away, and one whose clock is off', () => {
    if (primary === undefined || secondary === undefined) throw new Error('no members');
    const away = { host: 'c:1', state: 'away', reason: 'ECONNREFUSED' } as const;
    const members = [primary, { ...secondary, skewMillis: -1_500 }, away];
    expect(troubles({ ...WELL, members })).toEqual([
      'warning mongodb-member c:1',
      'warning mongodb-clock b:1',
    ]);
    const [behind] = checksOf('vault', { ...WELL, members })
      .filter(({ of }) => of === 'b:1')
      .slice(1);
    expect(behind?.seen).toBe("its clock is 1.5 seconds behind this machine's");
  });

  test('needs neither TLS nor users on this machine alone', () => {
    const here = { host: '127.0.0.1:27017', state: 'primary', skewMillis: 0 } as const;
    const setup = { ...SERVER.setup, majority: 1 };
    const server = { ...SERVER, authentication: 'off', setup } as const;
    expect(troubles({ ...WELL, members: [here], tls: 'off', server })).toEqual([
      'advice mongodb-authentication vault',
    ]);
  });
});
