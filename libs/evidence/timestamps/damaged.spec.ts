import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  answered,
  describeWithOpenssl,
  infoIn,
  outcomeOf,
  turned,
  type Answered,
} from '../testing/index.js';
import { readTimestamp } from './response.js';

const LIMIT = 60_000;
/** Each takes some milliseconds. */
const RUNS = 200;
/** SHA-256 by its name, as a token announces it before anything else. */
const SHA_256_DER = '0609608648016503040201';

describeWithOpenssl('an answer that was damaged', () => {
  let one: Answered;

  beforeAll(async () => {
    one = await answered({ keys: 'ec' });
  }, LIMIT);
  afterAll(() => one.authority.remove());

  it('whose frame is damaged where nothing is signed is refused, as openssl refuses it', async () => {
    const { authority, query, response } = one;
    const { signature } = readTimestamp(response).signer;
    const [hash, signed] = [
      response.indexOf(Buffer.from(`${SHA_256_DER}0500`, 'hex')),
      response.indexOf(Buffer.from(signature.getValue())),
    ];
    const nothing = hash + SHA_256_DER.length / 2;
    for (const [problem, at, bits] of [
      ['signature-wrong', nothing - 1, 2],
      ['unreadable', nothing, 4],
      ['unreadable', signed + 1, 4],
    ] as const) {
      const altered = turned(response, at, bits);
      expect([at, await outcomeOf(altered, { query })]).toEqual([at, problem]);
      expect(await authority.verifies(query.data, altered)).toBe(false);
    }
  });

  it(
    'with a bit turned round is refused, or is one that openssl takes as well',
    async () => {
      const { authority, query, response, anchors } = one;
      const info = infoIn(response);
      const start = response.indexOf(info);
      await fc.assert(
        fc.asyncProperty(fc.nat(response.length - 1), fc.nat(7), async (at, bit) => {
          const altered = turned(response, at, 1 << bit);
          const came = await outcomeOf(altered, { query, anchors });
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
        expect(await outcomeOf(bytes, { query, anchors })).toMatch(/^[a-z-]+$/);
      }),
      { numRuns: RUNS },
    );
  });
});
