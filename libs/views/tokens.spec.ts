import { createHmac } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Tokenizer } from './tokens.js';

const SECRET = Buffer.alloc(32, 7);

/** As the format says, with Node's own HMAC. */
function reference(field: string, text: string): string {
  const key = createHmac('sha256', SECRET)
    .update(`privacy-ledger/search-key/v1\n${field}`)
    .digest();
  const token = createHmac('sha256', key).update(text, 'utf8').digest();
  return token.subarray(0, 16).toString('base64url');
}

describe('tokens', () => {
  test('are HMACs, for any text of any length', () => {
    const tokenizer = new Tokenizer(SECRET, ['email', 'name']);
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ maxLength: 2_000 }));
    fc.assert(
      fc.property(fc.constantFrom('email', 'name'), text, (field, given) => {
        expect(tokenizer.token(field, given)).toBe(reference(field, given));
      }),
    );
  });

  test('a fixed one stays what it is', () => {
    const tokenizer = new Tokenizer(SECRET, ['email']);
    expect(tokenizer.token('email', 'aino@example.org')).toBe('snjH1kPmNxmUPYjd_j-2ag');
  });

  test('are made for declared fields only, under a whole secret', () => {
    expect(() => new Tokenizer().token('email', 'x')).toThrow(
      expect.objectContaining({ code: 'token-undeclared' }),
    );
    expect(() => new Tokenizer(Buffer.alloc(31), ['email'])).toThrow(
      expect.objectContaining({ code: 'search-secret' }),
    );
  });

  test('wiped keys make other tokens', () => {
    const tokenizer = new Tokenizer(SECRET, ['email']);
    const before = tokenizer.token('email', 'x');
    tokenizer.wipe();
    expect(tokenizer.token('email', 'x')).not.toBe(before);
  });
});
