import { createHash } from 'node:crypto';

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TimeStampReq } from 'pkijs';

import { isDer } from './der.js';
import { SHA_256, timestampQuery } from './request.js';

it('a question is over the bytes, has a nonce of its own, and wants the certificate', () => {
  const nonces = new Set<string>();
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { der, data, imprint, nonce } = timestampQuery(text);
      const read = TimeStampReq.fromBER(der);
      expect(data.toString()).toBe(text);
      expect(imprint).toEqual(createHash('sha256').update(text).digest());
      expect(Buffer.from(read.messageImprint.hashedMessage.getValue())).toEqual(imprint);
      expect(read.messageImprint.hashAlgorithm.algorithmId).toBe(SHA_256);
      expect([read.version, read.certReq, isDer(der)]).toEqual([1, true, true]);
      expect(Buffer.from(read.nonce?.valueBlock.valueHexView ?? [])).toEqual(nonce);
      expect(nonce[0]).toBeGreaterThanOrEqual(0x40);
      expect(nonce[0]).toBeLessThan(0x80);
      expect(nonces.has(nonce.toString('hex'))).toBe(false);
      nonces.add(nonce.toString('hex'));
    }),
  );
});
