import { X509Certificate } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { CA_EXTENSIONS, describeWithOpenssl, OpensslAuthority } from '../testing/index.js';
import { readAnchors, type TrustAnchors } from './anchors.js';
import { leadsToRoot } from './chain.js';

const LIMIT = 60_000;
const DAY_MILLIS = 86_400_000;

describeWithOpenssl('a chain of certificates', () => {
  let authority: OpensslAuthority;
  let signer: X509Certificate;
  let between: X509Certificate;
  let anchors: TrustAnchors;

  beforeAll(async () => {
    const intermediate = { extensions: CA_EXTENSIONS, days: 1 };
    authority = await OpensslAuthority.make({ keys: 'ec', intermediate });
    signer = new X509Certificate(await authority.pem('signer'));
    between = new X509Certificate(await authority.pem('between'));
    anchors = rootsIn(await authority.rootPem());
  }, LIMIT);
  afterAll(() => authority.remove());

  function rootsIn(pem: string): TrustAnchors {
    const read = readAnchors(pem);
    if (read === undefined) throw new Error('no root');
    return read;
  }

  it('leads to a root while all of it is valid', () => {
    const now = Date.now();
    expect(leadsToRoot(signer, [between], anchors, now)).toBe(true);
    // By then the one between has ended, and neither the one below it nor the one above.
    for (const at of [now - DAY_MILLIS, now + 2 * DAY_MILLIS]) {
      expect(leadsToRoot(signer, [between], anchors, at)).toBe(false);
    }
  });

  it('does not begin in its middle, nor pass through itself', () => {
    expect(leadsToRoot(signer, [signer], anchors, Date.now())).toBe(false);
    const others = { roots: [], others: [...anchors.roots, between] };
    expect(leadsToRoot(signer, [between, signer], others, Date.now())).toBe(false);
  });

  it('ends also where CAs have certified each other', async () => {
    const crossed = new X509Certificate(await authority.crossed());
    expect(crossed.checkIssued(between) && between.checkIssued(crossed)).toBe(true);
    const given = Array.from({ length: 20 }, () => [between, crossed]).flat();
    const nowhere = { roots: [], others: [] };
    expect(leadsToRoot(signer, given, nowhere, Date.now())).toBe(false);
    expect(leadsToRoot(signer, given, anchors, Date.now())).toBe(true);
  });

  it('has a root that is signed by itself', async () => {
    expect(readAnchors(await authority.pem('between'))).toBeUndefined();
    expect(readAnchors(await authority.crossed())).toBeUndefined();
    expect(anchors.others).toEqual([]);
  });
});
