import { expect, jest, test } from '@jest/globals';

import { addressOf } from './address.js';

const PASSWORD = 'sécret:/?&=,@';
const ENCODED = encodeURIComponent(PASSWORD);

test('a user and a password may have any characters', () => {
  const { user, settings } = addressOf(`esdb://l%40dger:${ENCODED}@one:1,two:2?tls=true`);
  expect(user).toEqual({ username: 'l@dger', password: PASSWORD });
  expect(settings.hosts).toEqual([
    { address: 'one', port: 1 },
    { address: 'two', port: 2 },
  ]);
  expect(addressOf('esdb+discover://cluster:2113').settings).toMatchObject({ dnsDiscover: true });
});

test('an option that nobody knows is said without the password', () => {
  const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  addressOf(`esdb://ledger:${ENCODED}@one?tls=true&unheard=of&tlsVerifyCert=false`);
  const said = warned.mock.calls.flat().join('\n');
  warned.mockRestore();
  expect(said).toContain('unheard');
  expect(said).not.toContain(ENCODED);
});

test.each([
  ['http://ledger:secret@one', 'is not an esdb:// connection string'],
  ['esdb://ledger:secret@', 'is not an esdb:// connection string'],
  ['esdb://ledger:sec%zzret@one', 'is not an esdb:// connection string'],
  ['esdb://ledger:sec@ret@one', 'percent-encode'],
  ['esdb://ledger:secret@one?tlsCAFile=/not/secret', 'certificate file that cannot be read'],
])('%s is refused without being quoted', (url, hint) => {
  const refused = () => addressOf(url, 'SOME_VARIABLE');
  expect(refused).toThrow(
    expect.objectContaining({ name: 'InvalidInput', field: 'SOME_VARIABLE' }),
  );
  expect(refused).toThrow(hint);
  expect(refused).not.toThrow(/secret|sec@|one/);
});
