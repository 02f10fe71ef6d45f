import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { instantOf, plusMillis } from '#kernel';

import {
  anchorsIn,
  answered,
  CA_EXTENSIONS,
  describeWithOpenssl,
  infoIn,
  NOTE,
  OpensslAuthority,
  outcomeOf,
  SIGNER_EXTENSIONS,
  turned,
  type Answered,
  type AuthorityMade,
} from '../testing/index.js';
import { checkTimestamp } from './check.js';
import { timestampQuery } from './request.js';

const LIMIT = 60_000;
const MINUTE = 60_000;
/** As long a name as that of a TSTInfo, which differs from it in one bit. */
const OTHER_TYPE = '1.2.840.113549.1.9.16.1.5';
const OTHER_TYPE_DER = '060b2a864886f70d0109100105';
const KEY_USAGE = 'keyUsage=critical,digitalSignature';

describeWithOpenssl('an answer of openssl ts', () => {
  let one: Answered;
  const authorities: OpensslAuthority[] = [];

  async function authorityOf(made: AuthorityMade): Promise<OpensslAuthority> {
    const authority = await OpensslAuthority.make(made);
    authorities.push(authority);
    return authority;
  }

  async function asked(made: AuthorityMade): Promise<Answered> {
    const one = await answered(made);
    authorities.push(one.authority);
    return one;
  }

  beforeAll(async () => {
    one = await asked({});
  }, LIMIT);
  afterAll(async () => {
    for (const authority of authorities) await authority.remove();
  });

  it.each<[string, AuthorityMade]>([
    ['with keys on a curve', { keys: 'ec' }],
    ['that names its certificate by SHA-1', { naming: 'sha1' }],
    ['that names its certificate by SHA-512', { keys: 'ec', naming: 'sha512' }],
    ['with a CA between', { keys: 'ec', intermediate: { extensions: CA_EXTENSIONS } }],
  ])(
    '%s is taken, and openssl takes it',
    async (_, made) => {
      const { anchors, query, response, authority } = await asked(made);
      expect(await outcomeOf(response, { query, anchors })).toBe('taken');
      expect(await authority.verifies(query.data, response)).toBe(true);
    },
    LIMIT,
  );

  it('tells its time', async () => {
    const { query, response } = one;
    const [from, to] = [instantOf(Date.now() - MINUTE), instantOf(Date.now())];
    const at = await checkTimestamp(response, { query, from, to });
    expect(at >= from && at <= to).toBe(true);
    expect(await outcomeOf(response, { query, from: at, to: at })).toBe('taken');
    for (const [after, before] of [
      [plusMillis(at, 1), to],
      [from, plusMillis(at, -1)],
    ] as const) {
      expect(await outcomeOf(response, { query, from: after, to: before })).toBe(
        'time-implausible',
      );
    }
  });

  it('of other bytes, or to another question, is refused', async () => {
    const { authority, query, response } = one;
    const other = timestampQuery(`${NOTE} `);
    const mixed = { ...query, nonce: other.nonce };
    expect(await outcomeOf(await authority.reply(other.der), { query: mixed })).toBe(
      'imprint-differs',
    );
    expect(await outcomeOf(response, { query: timestampQuery(NOTE) })).toBe('nonce-differs');
  });

  it('that is a rejection is refused', async () => {
    const { query, response } = await asked({ keys: 'ec', stamps: 'sha512' });
    expect(await outcomeOf(response, { query })).toBe('rejected');
  });

  it('of an authority that is not trusted is taken only where no chain is judged', async () => {
    // Names alone tell the two apart in nothing.
    const extensions = [...SIGNER_EXTENSIONS, 'authorityKeyIdentifier=none'];
    const { query, response } = await asked({ keys: 'ec', extensions });
    const { anchors } = await asked({ keys: 'ec' });
    expect(await outcomeOf(response, { query, anchors })).toBe('chain-unknown');
    expect(await outcomeOf(response, { query })).toBe('taken');
  });

  it.each<[string, AuthorityMade]>([
    ['that is no CA', { intermediate: { extensions: SIGNER_EXTENSIONS.slice(0, 1) } }],
    [
      'that signs no certificates',
      { intermediate: { extensions: [CA_EXTENSIONS[0] ?? '', KEY_USAGE] } },
    ],
    [
      'that nobody understands',
      { intermediate: { extensions: [...CA_EXTENSIONS, '1.2.3.4=critical,ASN1:NULL'] } },
    ],
    [
      'that the root does not allow',
      {
        root: ['basicConstraints=critical,CA:TRUE,pathlen:0', CA_EXTENSIONS[1] ?? ''],
        intermediate: { extensions: CA_EXTENSIONS },
      },
    ],
    ['that is not there', { intermediate: { extensions: CA_EXTENSIONS }, sendsIssuer: false }],
  ])(
    'with a certificate between %s leads to no root',
    async (_, made) => {
      const { anchors, query, response, authority } = await asked({ keys: 'ec', ...made });
      expect(await outcomeOf(response, { query, anchors })).toBe('chain-unknown');
      expect(await outcomeOf(response, { query })).toBe('taken');
      expect(await authority.verifies(query.data, response)).toBe(false);
    },
    LIMIT,
  );

  it('may lead to its root by a certificate of the settings', async () => {
    const made = { intermediate: { extensions: CA_EXTENSIONS }, sendsIssuer: false } as const;
    const { query, response, authority } = await asked({ keys: 'ec', ...made });
    const anchors = anchorsIn((await authority.rootPem()) + (await authority.pem('between')));
    expect([anchors.roots.length, anchors.others.length]).toEqual([1, 1]);
    expect(await outcomeOf(response, { query, anchors })).toBe('taken');
  });

  it('is not read with anything behind it, nor cut off', async () => {
    const { query, response } = one;
    const parts = [Buffer.concat([response, Buffer.of(0)]), response.subarray(0, -1), Buffer.of()];
    for (const part of parts) expect(await outcomeOf(part, { query })).toBe('unreadable');
  });

  it.each<[string, readonly string[]]>([
    [
      'is for more than timestamps',
      [KEY_USAGE, 'extendedKeyUsage=critical,timeStamping,codeSigning'],
    ],
    ['is for something else', [KEY_USAGE, 'extendedKeyUsage=critical,codeSigning']],
    ['says so without weight', [KEY_USAGE, 'extendedKeyUsage=timeStamping']],
    ['does not say so', [KEY_USAGE]],
    [
      'may also sign certificates',
      ['keyUsage=critical,digitalSignature,keyCertSign', SIGNER_EXTENSIONS[2] ?? ''],
    ],
  ])(
    'is refused where the certificate %s',
    async (_, extensions) => {
      const liar = await authorityOf({ keys: 'ec', extensions });
      const response = await liar.forged(infoIn(one.response));
      expect(await outcomeOf(response, { query: one.query })).toBe('certificate-purpose');
    },
    LIMIT,
  );

  it('is refused where its signature does not name the certificate', async () => {
    const { authority, query, response, anchors } = one;
    const info = infoIn(response);
    const named = await authority.forged(info);
    expect(await outcomeOf(named, { query, anchors })).toBe('taken');
    expect(await outcomeOf(await authority.forged(info, { names: false }), { query })).toBe(
      'certificate-not-named',
    );
  });

  it('is refused where two have signed, or what was signed is said to be something else', async () => {
    const { authority, query, response } = one;
    const info = infoIn(response);
    const twice = await authority.forged(info, { signers: ['signer', 'root'] });
    expect(await outcomeOf(twice, { query })).toBe('unreadable');
    const other = await authority.forged(info, { type: OTHER_TYPE });
    expect(await outcomeOf(other, { query })).toBe('unreadable');
    // The contents are relabelled afterwards; what was signed still says what they were.
    const label = other.indexOf(Buffer.from(`${OTHER_TYPE_DER}a0`, 'hex'));
    const relabelled = turned(other, label + OTHER_TYPE_DER.length / 2 - 1, 1);
    expect(await outcomeOf(relabelled, { query })).toBe('signature-wrong');
  });

  it('is refused where its certificate was not valid then', async () => {
    const { authority, query, response } = one;
    const info = infoIn(response);
    const year = String(new Date().getUTCFullYear());
    const at = info.indexOf(year, info.indexOf(Buffer.of(0x18)), 'latin1');
    info.write(String(Number(year) + 3), at, 'latin1');
    const to = instantOf(Date.now() + 5 * 366 * 24 * 60 * MINUTE);
    const answer = await authority.forged(info);
    expect(await outcomeOf(answer, { query, to })).toBe('certificate-time');
  });
});
