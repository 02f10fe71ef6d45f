import { describe, expect, it } from '@jest/globals';

import { readAuthority } from './authority.js';

const FIELDS = { url: 'URL', anchors: 'CA' };

function read(address: string, pem?: string) {
  return readAuthority(address, pem, FIELDS);
}

describe('the authority of the settings', () => {
  it('is known by its address, without credentials and query', () => {
    expect(read('https://tsa.example:8443/rfc3161?key=hidden#part')).toEqual({
      name: 'https://tsa.example:8443/rfc3161',
      url: 'https://tsa.example:8443/rfc3161?key=hidden#part',
      authorization: undefined,
      anchors: undefined,
    });
  });

  it('is told user and password beside its address', () => {
    const { name, url, authorization } = read('http://me:p%40ss@tsa.example/');
    expect([name, url]).toEqual(['http://tsa.example/', 'http://tsa.example/']);
    expect(authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(read('http://me@tsa.example').authorization).toBe(
      `Basic ${Buffer.from('me:').toString('base64')}`,
    );
  });

  it.each([
    ['no address', 'nowhere', 'URL'],
    ['another protocol', 'ftp://tsa.example/', 'URL'],
    ['an address that is too long to be recorded', `http://tsa.example/${'a'.repeat(240)}`, 'URL'],
    ['a password that is not encoded', 'http://me:%ff@tsa.example/', 'URL'],
  ])('is refused where it has %s', (_, address, field) => {
    expect(() => read(address)).toThrow(expect.objectContaining({ field }));
  });

  it.each([
    ['are nothing', ''],
    ['are no certificates', 'hello'],
    ['are damaged', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('is refused where its trust anchors %s', (_, pem) => {
    expect(() => read('http://tsa.example', pem)).toThrow(expect.objectContaining({ field: 'CA' }));
  });
});
