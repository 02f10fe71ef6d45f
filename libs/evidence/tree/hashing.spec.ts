import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { textIn } from '#event-log';

import { nodeCryptography } from '../node-cryptography.js';
import { leafOf, type StoredBytes } from '../verifier/index.js';
import { entryOf, leafOfEntry } from './hashing.js';

const event: StoredBytes = {
  stream: 'customer-1',
  revision: 7,
  id: 'b4b1c9a0-0000-4000-8000-000000000001',
  type: 'ContactUpdated',
  metadata: Buffer.from('{"actor":"ledger","salt":"AAECAwQFBgcICQoLDA0ODw"}'),
  data: Buffer.from('{"sealed":[]}'),
};

/** Whether a store gives it in bytes or, where it is some, as text. */
async function expectSame(stored: StoredBytes): Promise<void> {
  const leaf = await leafOf(stored, nodeCryptography);
  const metadata = textIn(stored.metadata) ?? stored.metadata;
  const data = textIn(stored.data) ?? stored.data;
  for (const given of [stored, { ...stored, metadata, data }]) {
    expect(leafOfEntry(entryOf(given)).equals(leaf)).toBe(true);
  }
}

describe("Node's own way to the leaf of a stored event is the verifier's", () => {
  const { metadata } = event;
  const edited = (from: string, to: string) =>
    Buffer.from(Buffer.from(metadata).toString().replace(from, to));

  it.each<[string, Uint8Array]>([
    ['with a salt', metadata],
    ['without one', edited('salt', 'pepper')],
    ['with one that is not spelled so', edited('Dw"', 'Dx"')],
    ['with one too short', edited('Dw"', 'D"')],
    ['with one that is no text', edited('"AAECAwQFBgcICQoLDA0ODw"', '7')],
    ['with another behind it', edited('}', ',"salt":"BBECAwQFBgcICQoLDA0ODw"}')],
    ['with none behind it', edited('}', ',"salt":"none"}')],
    ['with one within', edited('}', ',"z":{"salt":"BBECAwQFBgcICQoLDA0ODw"}}')],
    ['with one in a text', edited('ledger', String.raw`\",\"salt\":\"BBECAwQFBgcICQoLDA0ODw`)],
    ['with a name spelled otherwise', edited('"salt"', String.raw`"s\u0061lt"`)],
    ['with a line in a text', edited('ledger', 'led\nger')],
    ['with a number that is none', edited('"ledger"', '01')],
    ['with more behind them', edited('}', '}}')],
    ['with letters beyond ASCII', edited('ledger', 'Meikäläinen \u2028 \u{1f600}')],
    ['with a mark of the byte order', Buffer.concat([Buffer.from('\ufeff'), metadata])],
    ['that are no UTF-8', Buffer.concat([metadata, Buffer.of(0xff)])],
    ['that are no UTF-8 within', Buffer.from(metadata).fill(0xc3, 11, 12)],
    ['that are a list', Buffer.from('[]')],
    ['that are null', Buffer.from('null')],
    ['that are nothing', Buffer.alloc(0)],
  ])('for metadata %s', async (_, other) => {
    await expectSame({ ...event, metadata: other });
  });

  it('for whatever somebody has written into a store', async () => {
    const salt = fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((random) => Buffer.from(random).toString('base64url'));
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((json) => Buffer.from(json)),
      fc.constant(metadata),
      fc
        .dictionary(
          fc.constantFrom('actor', 'salt', 'z', '"'),
          fc.oneof(salt, fc.string(), fc.nat()),
        )
        .map((members) => Buffer.from(JSON.stringify(members))),
    );
    const text = fc.string({ unit: 'binary' });
    const stored = fc.record({
      stream: text,
      revision: fc.integer(),
      id: text,
      type: text,
      metadata: bytes,
      data: bytes,
    });
    await fc.assert(fc.asyncProperty(stored, expectSame));
  });
});
