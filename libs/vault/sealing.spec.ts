import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { CATEGORIES, canonicalJson, type JsonObject } from '#kernel';

import { commandFingerprint, keyFingerprint } from './fingerprints.js';
import {
  contextText,
  envelopeKeyOf,
  open,
  openWithE,
  seal,
  type Sealed,
  type SealingContext,
} from './sealing.js';
import { unwrapKey, wrapKey, type WrapContext } from './wrapping.js';

const REFUSED = expect.objectContaining({ name: 'IntegrityError', code: 'envelope-refused' });

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((k) => k.some((b) => b !== 0));
const dek = key.map((bytes) => Buffer.from(bytes));
const context: fc.Arbitrary<SealingContext> = fc.record({
  stream: fc.stringMatching(/^[A-Za-z0-9-]{1,60}$/),
  event: fc.uuid(),
  type: fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,30}$/),
  schema: fc.integer({ min: 1, max: 99 }),
  subject: fc.uuid(),
  category: fc.constantFrom(...CATEGORIES),
  key: fc.uuid(),
}) as fc.Arbitrary<SealingContext>;
const value: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.string({ unit: 'grapheme', maxLength: 10 }).filter((name) => !/^\d+$/.test(name)),
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  ),
  { maxKeys: 6 },
);

describe('sealing', () => {
  test('opens with the same key and place, and gives the value', () => {
    fc.assert(
      fc.property(dek, context, value, (k, place, v) => {
        expect(canonicalJson(open(k, place, seal(k, place, v)))).toBe(canonicalJson(v));
      }),
    );
  });

  test('opens with the key of that one envelope', () => {
    fc.assert(
      fc.property(dek, context, context, value, (k, place, other, v) => {
        const envelopeKey = envelopeKeyOf(k, place);
        const sealed = seal(k, place, v);
        expect(canonicalJson(openWithE(envelopeKey, place, sealed))).toBe(canonicalJson(v));
        fc.pre(contextText(place) !== contextText(other));
        expect(() => openWithE(envelopeKey, other, seal(k, other, v))).toThrow(REFUSED);
      }),
    );
  });

  test('does not open with another key', () => {
    fc.assert(
      fc.property(dek, dek, context, value, (k, other, place, v) => {
        fc.pre(!k.equals(other));
        expect(() => open(other, place, seal(k, place, v))).toThrow(REFUSED);
      }),
    );
  });

  test('does not open in another place, whichever part differs', () => {
    fc.assert(
      fc.property(dek, context, context, value, (k, place, other, v) => {
        const sealed = seal(k, place, v);
        for (const part of Object.keys(place) as (keyof SealingContext)[]) {
          if (place[part] === other[part]) continue;
          expect(() => open(k, { ...place, [part]: other[part] }, sealed)).toThrow(REFUSED);
        }
      }),
    );
  });

  test('does not open with any bit of it changed, nor in another spelling', () => {
    fc.assert(
      fc.property(dek, context, value, fc.nat(), fc.nat(), (k, place, v, at, bit) => {
        const sealed = seal(k, place, v);
        for (const part of ['nonce', 'ciphertext', 'commitment'] as const) {
          const bytes = Buffer.from(sealed[part], 'base64url');
          const flip = at % bytes.length;
          bytes.writeUInt8(bytes.readUInt8(flip) ^ (1 << (bit % 8)), flip);
          const text = sealed[part];
          const edits = [bytes.toString('base64url'), `${text}=`, ` ${text}`, text.slice(1), ''];
          for (const edited of edits) {
            expect(() => open(k, place, { ...sealed, [part]: edited })).toThrow(REFUSED);
          }
        }
      }),
    );
  });

  test('parts of two envelopes do not make a third', () => {
    fc.assert(
      fc.property(dek, context, value, value, (k, place, v, w) => {
        const one = seal(k, place, v);
        const two = seal(k, place, w);
        expect(() => open(k, place, { ...one, ciphertext: two.ciphertext })).toThrow(REFUSED);
        expect(() => open(k, place, { ...one, nonce: two.nonce })).toThrow(REFUSED);
      }),
    );
  });

  test('no nonce comes twice', () => {
    const k = randomBytes(32);
    const [place] = fc.sample(context, 1) as [SealingContext];
    const nonces = Array.from({ length: 2_000 }, () => seal(k, place, {}).nonce);
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  test('tells lengths only to a multiple of 64 bytes', () => {
    const k = randomBytes(32);
    const [place] = fc.sample(context, 1) as [SealingContext];
    const length = (v: JsonObject) => Buffer.from(seal(k, place, v).ciphertext, 'base64url').length;
    const empty = JSON.stringify({ a: '' }).length;
    expect(length({ a: '' })).toBe(64 + 16);
    expect(length({ a: 'x'.repeat(63 - empty) })).toBe(64 + 16);
    expect(length({ a: 'x'.repeat(64 - empty) })).toBe(128 + 16);
  });

  test('refuses a key that has left its cache, and one of another length', () => {
    const [place] = fc.sample(context, 1) as [SealingContext];
    for (const bad of [Buffer.alloc(32), randomBytes(16), Buffer.alloc(0)]) {
      expect(() => seal(bad, place, {})).toThrow(expect.objectContaining({ code: 'key-form' }));
      expect(() => envelopeKeyOf(bad, place)).toThrow(
        expect.objectContaining({ code: 'key-form' }),
      );
    }
  });

  test('refuses what is no envelope at all', () => {
    const k = randomBytes(32);
    const [place] = fc.sample(context, 1) as [SealingContext];
    expect(() => open(k, place, {} as Sealed)).toThrow(REFUSED);
    expect(() => open(k, place, { nonce: 1, ciphertext: [], commitment: null } as never)).toThrow(
      REFUSED,
    );
  });

  test('a refusal quotes nothing', () => {
    const k = randomBytes(32);
    const [place] = fc.sample(context, 1) as [SealingContext];
    const sealed = seal(k, place, { name: 'Maija' });
    const error = caught(() =>
      open(k, place, { ...sealed, nonce: sealed.commitment.slice(0, 16) }),
    );
    expect(JSON.stringify(error, ['message', 'code', 'cause', 'stack'])).not.toMatch(/Maija/);
    expect(error).not.toHaveProperty('cause');
  });
});

describe('an envelope made by hand, from the words of docs/format.md', () => {
  const k = randomBytes(32);
  const [place] = fc.sample(context, 1) as [SealingContext];
  const bound = contextText(place);
  const envelopeKey = createHmac('sha256', k)
    .update(`privacy-ledger/envelope-key/v1${bound}`)
    .digest();
  const derived = createHmac('sha512', envelopeKey).update(`seal${bound}`).digest();

  function sealedByHand(padded: Buffer): Sealed {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', derived.subarray(0, 32), nonce);
    cipher.setAAD(Buffer.from(bound));
    const body = Buffer.concat([cipher.update(padded), cipher.final(), cipher.getAuthTag()]);
    return {
      nonce: nonce.toString('base64url'),
      ciphertext: body.toString('base64url'),
      commitment: derived.toString('base64url', 32),
    };
  }

  const padded = (text: string, length: number, mark = 0x80) => {
    const bytes = Buffer.alloc(length);
    bytes.write(text);
    bytes[Buffer.byteLength(text)] = mark;
    return bytes;
  };

  test('opens', () => {
    expect(open(k, place, sealedByHand(padded('{"name":"Väinö"}', 64)))).toEqual({ name: 'Väinö' });
  });

  test.each([
    ['padded longer than need be', padded('{}', 128)],
    ['padded with another mark', padded('{}', 64, 0x81)],
    ['of zeros', Buffer.alloc(64)],
    ['of no whole block', padded('{}', 63)],
    ['of nothing', Buffer.alloc(0)],
    ['of an array', padded('[1]', 64)],
    ['of a text', padded('"x"', 64)],
    ['of no JSON', padded('{"secret": }', 64)],
  ])('%s is refused', (_, bytes) => {
    const error = caught(() => open(k, place, sealedByHand(bytes)));
    expect(error).toEqual(REFUSED);
    expect(String(error)).not.toContain('secret');
  });
});

describe('the context', () => {
  test('cannot be read two ways: a part that holds a newline or is empty is refused', () => {
    const [place] = fc.sample(context, 1) as [SealingContext];
    for (const part of ['stream', 'event', 'type', 'subject', 'category', 'key'] as const) {
      for (const bad of ['', 'a\nb', 'a\n', ' ', 'ä', 'a\r']) {
        expect(() => contextText({ ...place, [part]: bad })).toThrow(
          expect.objectContaining({ code: 'context-form' }),
        );
      }
    }
    expect(() => contextText({ ...place, schema: 1.5 })).toThrow();
  });

  test('is another text for another place', () => {
    fc.assert(
      fc.property(context, context, (a, b) => {
        expect(contextText(a) === contextText(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe('fingerprints', () => {
  test('of a key is SHA-256 over label and key', () => {
    fc.assert(
      fc.property(dek, (k) => {
        const expected = createHash('sha256').update('privacy-ledger/key/v1').update(k);
        expect(keyFingerprint(k)).toBe(expected.digest('base64url'));
      }),
    );
  });

  test('of a command depend on key and content, not on the order of properties', () => {
    fc.assert(
      fc.property(dek, dek, value, value, (k, other, v, w) => {
        const print = commandFingerprint(k, v);
        expect(print).toMatch(/^hmac:[\w-]{43}$/);
        expect(commandFingerprint(k, Object.fromEntries(Object.entries(v).reverse()))).toBe(print);
        fc.pre(!k.equals(other) && canonicalJson(v) !== canonicalJson(w));
        expect(commandFingerprint(other, v)).not.toBe(print);
        expect(commandFingerprint(k, w)).not.toBe(print);
      }),
    );
  });

  test('of a command that seals nothing is a plain hash', () => {
    const hash = createHash('sha256').update('{"a":1}').digest('base64url');
    expect(commandFingerprint(undefined, { a: 1 })).toBe(`sha256:${hash}`);
  });
});

describe('wrapping', () => {
  const wrapContext = fc.record({
    ledger: fc.uuid(),
    key: fc.uuid(),
    kek: fc.uuid(),
  }) as fc.Arbitrary<WrapContext>;

  test('gives the key back to the same KEK, ledger and key id, and to nothing else', () => {
    fc.assert(
      fc.property(dek, dek, dek, wrapContext, wrapContext, (k, kek, otherKek, place, other) => {
        fc.pre(!kek.equals(otherKek));
        const wrapped = wrapKey(kek, place, k);
        const refused = expect.objectContaining({ name: 'IntegrityError', code: 'key-refused' });
        expect(unwrapKey(kek, place, wrapped)).toEqual(k);
        expect(() => unwrapKey(otherKek, place, wrapped)).toThrow(refused);
        for (const part of ['ledger', 'key', 'kek'] as const) {
          expect(() => unwrapKey(kek, { ...place, [part]: other[part] }, wrapped)).toThrow(refused);
        }
        expect(() => unwrapKey(kek, place, wrapped.subarray(1))).toThrow(refused);
        expect(() => unwrapKey(kek, place, Buffer.alloc(wrapped.length))).toThrow(refused);
      }),
    );
  });
});

interface Vectors {
  readonly envelopes: readonly {
    readonly dek: string;
    readonly context: SealingContext;
    readonly contextText: string;
    readonly envelopeKey: string;
    readonly value: JsonObject;
    readonly sealed: Sealed;
  }[];
  readonly keyFingerprints: readonly { readonly dek: string; readonly fingerprint: string }[];
  readonly commandFingerprints: readonly {
    readonly dek: string | null;
    readonly content: JsonObject;
    readonly fingerprint: string;
  }[];
  readonly wraps: readonly {
    readonly kek: string;
    readonly context: WrapContext;
    readonly dek: string;
    readonly wrapped: string;
  }[];
}

describe('the published vectors', () => {
  const vectors = JSON.parse(
    readFileSync(new URL('./vectors/envelope.json', import.meta.url), 'utf8'),
  ) as Vectors;
  const hex = (text: string) => Buffer.from(text, 'hex');

  test('envelopes', () => {
    expect(vectors.envelopes.length).toBeGreaterThan(2);
    for (const vector of vectors.envelopes) {
      expect(contextText(vector.context)).toBe(vector.contextText);
      expect(envelopeKeyOf(hex(vector.dek), vector.context).toString('hex')).toBe(
        vector.envelopeKey,
      );
      expect(open(hex(vector.dek), vector.context, vector.sealed)).toEqual(vector.value);
      // What only depends on key and place, recomputed from the words of docs/format.md.
      const derived = createHmac('sha512', hex(vector.envelopeKey)).update(
        `seal${vector.contextText}`,
      );
      expect(derived.digest().toString('base64url', 32)).toBe(vector.sealed.commitment);
    }
  });

  test('fingerprints', () => {
    for (const { dek: k, fingerprint } of vectors.keyFingerprints) {
      expect(keyFingerprint(hex(k))).toBe(fingerprint);
    }
    for (const { dek: k, content, fingerprint } of vectors.commandFingerprints) {
      expect(commandFingerprint(k === null ? undefined : hex(k), content)).toBe(fingerprint);
    }
  });

  test('wrapped keys', () => {
    for (const { kek, context: place, dek: k, wrapped } of vectors.wraps) {
      expect(unwrapKey(hex(kek), place, hex(wrapped)).toString('hex')).toBe(k);
    }
  });
});

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
