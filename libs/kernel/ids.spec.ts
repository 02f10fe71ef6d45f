import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { InvalidInput } from './errors.js';
import type { EventId, SubjectId } from './ids.js';
import { derivedId, isUuid, randomId, streamName, uuidAs } from './ids.js';

describe('an id', () => {
  it('is a UUID in lower case, taken in any', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(isUuid(id)).toBe(true);
        expect(uuidAs<SubjectId>(id.toUpperCase(), 'id')).toBe(id);
      }),
    );
    expect(isUuid(randomId())).toBe(true);
  });

  it.each([
    '',
    'x',
    '5f0c1b52-7a3e-4d86-9a11-0000000000a',
    '5f0c1b52-7a3e-4d86-9a11-0000000000a10',
    '5f0c1b52_7a3e_4d86_9a11_0000000000a1',
    ' 5f0c1b52-7a3e-4d86-9a11-0000000000a1',
    '5f0c1b52-7a3e-4d86-9a11-0000000000a1\n',
    '5f0c1b52-7a3e-4d86-9a11-0000000000g1',
  ])('is not %j, which is refused without being quoted', (text) => {
    expect(isUuid(text)).toBe(false);
    const refused = () => uuidAs<SubjectId>(text, 'id');
    expect(refused).toThrow(InvalidInput);
    expect(refused).toThrow('id: must be a UUID (uuid)');
  });

  it('that is in upper case is not one until it is taken as one', () => {
    expect(isUuid('5F0C1B52-7A3E-4D86-9A11-0000000000A1')).toBe(false);
  });
});

describe('a derived id', () => {
  it('is that of RFC 9562, version 5', () => {
    // RFC 9562, appendix A.4: the name www.example.com in the namespace of DNS names.
    const dns = uuidAs<EventId>('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'id');
    expect(derivedId(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('is the same for the same, and another for anything else', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string(), fc.string(), (from, label, other) => {
        const id = derivedId(from as EventId, label);
        expect(derivedId(from as EventId, label)).toBe(id);
        expect(isUuid(id)).toBe(true);
        fc.pre(label !== other);
        expect(derivedId(from as EventId, other)).not.toBe(id);
      }),
    );
  });
});

describe('a stream name', () => {
  it.each(['customer-5f0c1b52-7a3e-4d86-9a11-0000000000a1', 'register', 'A-1'])('is %s', (text) => {
    expect(streamName(text)).toBe(text);
  });

  it.each(['', '$all', 'a b', 'ä', 'a/b', 'a\n', 'a'.repeat(201)])('is not %j', (text) => {
    expect(() => streamName(text)).toThrow(InvalidInput);
  });
});
