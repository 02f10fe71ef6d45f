import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OctetString } from 'asn1js';
import fc from 'fast-check';

import { instantOf, plusMillis } from '#kernel';

import {
  CA_EXTENSIONS,
  describeWithOpenssl,
  OpensslAuthority,
  SIGNER_EXTENSIONS,
  type AuthorityMade,
} from '../testing/index.js';
import { readAnchors, type TrustAnchors } from './anchors.js';
import { checkTimestamp, type ExpectedTimestamp } from './check.js';
import { timestampQuery, type TimestampQuery } from './request.js';
import { readTimestamp } from './response.js';

const NOTE = 'ledger.example\n7\nroot\n\n\u2014 ledger.example signature\n';
const LIMIT = 60_000;
const MINUTE = 60_000;
/** Each takes some milliseconds. */
const RUNS = 200;
const KEY_USAGE = 'keyUsage=critical,digitalSignature';

/** An authority, a question, and its answer. */
interface Answered {
  readonly authority: OpensslAuthority;
  readonly anchors: TrustAnchors;
  readonly query: TimestampQuery;
  readonly response: Buffer;
}

const authorities: OpensslAuthority[] = [];

async function authorityOf(made: AuthorityMade): Promise<OpensslAuthority> {
  const authority = await OpensslAuthority.make(made);
  authorities.push(authority);
  return authority;
}

async function answered(made: AuthorityMade = {}): Promise<Answered> {
  const authority = await authorityOf(made);
  const query = timestampQuery(NOTE);
  return {
    authority,
    anchors: anchorsIn(await authority.rootPem()),
    query,
    response: await authority.reply(query.der),
  };
}

function anchorsIn(pem: string): TrustAnchors {
  const anchors = readAnchors(pem);
  if (anchors === undefined) throw new Error('no root');
  return anchors;
}

/** What comes of a check: `taken`, or the problem. */
async function outcome(
  response: Uint8Array,
  more: Pick<ExpectedTimestamp, 'query'> & Partial<ExpectedTimestamp>,
): Promise<string> {
  const now = instantOf(Date.now());
  const expected = { from: plusMillis(now, -5 * MINUTE), to: plusMillis(now, 5 * MINUTE), ...more };
  return checkTimestamp(response, expected).then(
    () => 'taken',
    (error: unknown) => String(error).replace('Outage: timestamp: ', ''),
  );
}

/** What has been signed, as it was. */
function infoIn(response: Buffer): Buffer {
  const { eContent } = readTimestamp(response).signed.encapContentInfo;
  if (!(eContent instanceof OctetString)) throw new Error('no content');
  return Buffer.from(eContent.getValue());
}

describeWithOpenssl('an answer of openssl ts', () => {
  let one: Answered;

  beforeAll(async () => {
    one = await answered();
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
      const { anchors, query, response, authority } = await answered(made);
      expect(await outcome(response, { query, anchors })).toBe('taken');
      expect(await authority.verifies(query.data, response)).toBe(true);
    },
    LIMIT,
  );

  it('tells its time', async () => {
    const { query, response } = one;
    const [from, to] = [instantOf(Date.now() - MINUTE), instantOf(Date.now())];
    const at = await checkTimestamp(response, { query, from, to });
    expect(at >= from && at <= to).toBe(true);
    expect(await outcome(response, { query, from: at, to: at })).toBe('taken');
    for (const [after, before] of [
      [plusMillis(at, 1), to],
      [from, plusMillis(at, -1)],
    ] as const) {
      expect(await outcome(response, { query, from: after, to: before })).toBe('time-implausible');
    }
  });

  it('of other bytes, or to another question, is refused', async () => {
    const { authority, query, response } = one;
    const other = timestampQuery(`${NOTE} `);
    const mixed = { ...query, nonce: other.nonce };
    expect(await outcome(await authority.reply(other.der), { query: mixed })).toBe(
      'imprint-differs',
    );
    expect(await outcome(response, { query: timestampQuery(NOTE) })).toBe('nonce-differs');
  });

  it('that is a rejection is refused', async () => {
    const { query, response } = await answered({ keys: 'ec', stamps: 'sha512' });
    expect(await outcome(response, { query })).toBe('rejected');
  });

  it('of an authority that is not trusted is taken only where no chain is judged', async () => {
    const { anchors } = await answered({ keys: 'ec' });
    const { query, response } = one;
    expect(await outcome(response, { query, anchors })).toBe('chain-unknown');
    expect(await outcome(response, { query })).toBe('taken');
  });

  it.each<[string, AuthorityMade]>([
    ['that is no CA', { intermediate: { extensions: SIGNER_EXTENSIONS } }],
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
      const { anchors, query, response, authority } = await answered({ keys: 'ec', ...made });
      expect(await outcome(response, { query, anchors })).toBe('chain-unknown');
      expect(await outcome(response, { query })).toBe('taken');
      expect(await authority.verifies(query.data, response)).toBe(false);
    },
    LIMIT,
  );

  it('may lead to its root by a certificate of the settings', async () => {
    const made = { intermediate: { extensions: CA_EXTENSIONS }, sendsIssuer: false } as const;
    const { query, response, authority } = await answered({ keys: 'ec', ...made });
    const anchors = anchorsIn((await authority.rootPem()) + (await authority.pem('between')));
    expect([anchors.roots.length, anchors.others.length]).toEqual([1, 1]);
    expect(await outcome(response, { query, anchors })).toBe('taken');
  });

  it('is not read with anything behind it, nor cut off', async () => {
    const { query, response } = one;
    const parts = [Buffer.concat([response, Buffer.of(0)]), response.subarray(0, -1), Buffer.of()];
    for (const part of parts) expect(await outcome(part, { query })).toBe('unreadable');
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
      expect(await outcome(response, { query: one.query })).toBe('certificate-purpose');
    },
    LIMIT,
  );

  it('is refused where its signature does not name the certificate', async () => {
    const { authority, query, response, anchors } = one;
    const info = infoIn(response);
    const named = await authority.forged(info);
    expect(await outcome(named, { query, anchors })).toBe('taken');
    expect(await outcome(await authority.forged(info, false), { query })).toBe(
      'certificate-not-named',
    );
  });

  it('is refused where its certificate was not valid then', async () => {
    const { authority, query, response } = one;
    const info = infoIn(response);
    const year = String(new Date().getUTCFullYear());
    const at = info.indexOf(year, info.indexOf(Buffer.of(0x18)), 'latin1');
    info.write(String(Number(year) + 3), at, 'latin1');
    const to = instantOf(Date.now() + 5 * 366 * 24 * 60 * MINUTE);
    const answer = await authority.forged(info);
    expect(await outcome(answer, { query, to })).toBe('certificate-time');
  });

  it(
    'with a bit turned round is refused, or is one that openssl takes as well',
    async () => {
      const { authority, query, response, anchors } = await answered({ keys: 'ec' });
      const info = infoIn(response);
      const start = response.indexOf(info);
      await fc.assert(
        fc.asyncProperty(fc.nat(response.length - 1), fc.nat(7), async (at, bit) => {
          const altered = Buffer.from(response);
          altered[at] = (altered[at] ?? 0) ^ (1 << bit);
          const came = await outcome(altered, { query, anchors });
          expect(came).toMatch(/^[a-z-]+$/);
          if (came !== 'taken') return;
          expect(at < start || at >= start + info.length).toBe(true);
          expect(await authority.verifies(query.data, altered)).toBe(true);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT,
  );

  it('whatever was made of it is refused with a code, and nothing else happens', async () => {
    const { query, response, anchors } = one;
    const mutated = fc
      .tuple(fc.nat(response.length), fc.nat(response.length), fc.uint8Array({ maxLength: 40 }))
      .map(([from, gap, bytes]) =>
        Buffer.concat([response.subarray(0, from), bytes, response.subarray(from + gap)]),
      );
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, fc.uint8Array()), async (bytes) => {
        expect(await outcome(bytes, { query, anchors })).toMatch(/^[a-z-]+$/);
      }),
      { numRuns: RUNS },
    );
  });
});
