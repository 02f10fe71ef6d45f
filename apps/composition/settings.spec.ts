import { describe, expect, it } from '@jest/globals';

import { readSettings, showSettings } from './settings.js';

const refused = (environment: Readonly<Record<string, string>>) => {
  try {
    readSettings(environment);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
};

describe('where stores are', () => {
  it('is in files, where nothing is said', () => {
    expect(readSettings({})).toMatchObject({
      eventStoreDb: '',
      mongoDb: '',
      vaultUrl: '',
      anchorUrl: '',
      role: 'all',
    });
  });

  it('puts the vault beside the views, in a database of its own', () => {
    const url = 'mongodb://a,b,c/?replicaSet=rs0';
    expect(readSettings({ MONGODB_URL: url })).toMatchObject({ mongoDb: url, vaultUrl: url });
  });

  it('puts it where it is said to be', () => {
    const elsewhere = { MONGODB_URL: 'mongodb://a/views', VAULT_URL: 'mongodb://b/vault' };
    expect(readSettings(elsewhere).vaultUrl).toBe('mongodb://b/vault');
    expect(readSettings({ VAULT_URL: 'mongodb://b' })).toMatchObject({ mongoDb: '' });
  });

  it.each([
    'mongodb://a/views',
    'mongodb://u:p@a,b/views?replicaSet=rs0',
    'mongodb+srv://a/v',
    'mongodb://a/%zz',
  ])('asks for another database where that of the views is named: %s', (url) => {
    expect(refused({ MONGODB_URL: url })).toContain('VAULT_URL');
    expect(refused({ MONGODB_URL: url })).not.toContain(url);
  });

  it('shows no password', () => {
    const environment = {
      EVENTSTOREDB_URL: 'esdb://ledger:s3cret@a:2113,b:2113?tls=true',
      MONGODB_URL: 'mongodb://ledger:s3cret@a:27017,b:27017/?replicaSet=rs0',
      VAULT_URL: 'mongodb+srv://vault:n@t/enc:s3cret@cluster.example/vault',
      ANCHOR_URL: 'mongodb://anchor:s3cret@d/?tlsCertificateKeyFilePassword=s3cret&tls=true',
    };
    const shown = showSettings(environment).map(({ value }) => value);
    expect(shown.join()).not.toContain('s3cret');
    expect(shown).toContain('esdb://ledger:***@a:2113,b:2113?tls=true');
    expect(shown).toContain('mongodb://ledger:***@a:27017,b:27017/?replicaSet=rs0');
  });
});

describe('the prefix of streams', () => {
  it.each(['', 'ledger.', 'Oy-2.'])('may be %p', (prefix) => {
    expect(refused({ EVENTSTOREDB_PREFIX: prefix })).toBeUndefined();
  });

  it.each(['$ledger.', '_x', 'a b', 'ä', '.'])('is not %p', (prefix) => {
    expect(refused({ EVENTSTOREDB_PREFIX: prefix })).toContain('EVENTSTOREDB_PREFIX');
  });
});

describe('what a server does', () => {
  it.each(['all', 'api', 'projector'])('is %s', (role) => {
    expect(readSettings({ ROLE: role }).role).toBe(role);
  });

  it('is nothing else', () => {
    expect(refused({ ROLE: 'Api' })).toContain('ROLE');
  });
});
