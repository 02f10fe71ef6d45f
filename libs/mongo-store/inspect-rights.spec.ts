import { describe, expect, test } from '@jest/globals';

import { rightsIn } from './inspect-rights.js';

const READ_WRITE = ['createCollection', 'createIndex', 'dropCollection', 'find', 'insert'];
const MORE = ['listCollections', 'remove', 'update'];

/** As `connectionStatus` of a server shows what a user may. */
function shown(...privileges: readonly (readonly [object, readonly string[]])[]) {
  const listed = privileges.map(([resource, actions]) => ({ resource, actions }));
  return { authInfo: { authenticatedUsers: [{}], authenticatedUserPrivileges: listed } };
}

describe('the rights of a user of MongoDB', () => {
  const all = (db: string) => ({ db, collection: '' });

  test('are told apart by database', () => {
    const status = shown(
      [all('vault'), [...READ_WRITE, ...MORE]],
      [all('vault'), ['collMod']],
      [all('views'), READ_WRITE],
      [{ db: 'views', collection: 'one' }, MORE],
    );
    const { missing, excessive } = rightsIn(status, ['vault', 'views']);
    expect([...missing]).toEqual([['views', ['collMod', 'listCollections', 'remove', 'update']]]);
    expect(excessive).toEqual([]);
  });

  test('come also from roles on all databases, and may be too many', () => {
    const status = shown(
      [all(''), [...READ_WRITE, ...MORE, 'collMod']],
      [{ cluster: true }, ['shutdown', 'serverStatus']],
    );
    expect(rightsIn(status, ['vault'])).toEqual({ missing: new Map(), excessive: ['shutdown'] });
    const root = shown([{ anyResource: true }, ['anyAction']]);
    expect(rightsIn(root, ['vault'])).toEqual({ missing: new Map(), excessive: ['anyAction'] });
  });

  test('are none where none are shown', () => {
    expect(rightsIn(shown(), ['vault']).missing.get('vault')).toHaveLength(9);
  });
});
