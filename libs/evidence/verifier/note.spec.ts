import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { nodeCryptography } from '../node-cryptography.js';
import { utf8 } from './bytes.js';
import { checkpointText, parseCheckpoint } from './checkpoint.js';
import {
  cosignedMessage,
  keyIdOf,
  parseNote,
  parseVkey,
  signatureLine,
  signedBy,
  timestamped,
  vkeyOf,
  type NoteKey,
  type SignatureType,
} from './note.js';
import { parseReceipt, receiptText } from './receipt.js';

/** Of golang.org/x/mod/sumdb/note: key and note of its documentation. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

function aKey(name: string, type: SignatureType): { key: NoteKey; secret: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { key: { name, type, publicKey: Buffer.from(x, 'base64url') }, secret: privateKey };
}

const head = { origin: 'ledger.example', size: 3, root: Buffer.alloc(32, 7), extensions: [] };
const text = checkpointText(head);

async function signedNote(key: NoteKey, secret: KeyObject, of = text): Promise<string> {
  const keyId = await keyIdOf(key, nodeCryptography);
  const signature = sign(null, Buffer.from(of), secret);
  return `${of}\n${signatureLine({ name: key.name, keyId, signature })}`;
}

describe('a signed note', () => {
  it("of another implementation is read, and its key's signature is good", async () => {
    const key = await parseVkey(PETER, nodeCryptography);
    const note = parseNote(NOTE);
    if (key === undefined || note === undefined) throw new Error('not read');
    expect(await signedBy(note, key, nodeCryptography)).toEqual({});
    const changed = { ...note, text: note.text.replace('answer', 'Answer') };
    expect(await signedBy(changed, key, nodeCryptography)).toBe('wrong');
    expect(await vkeyOf(key, nodeCryptography)).toBe(PETER);
  });

  it('without a signature of the key is not signed by it', async () => {
    const { key, secret } = aKey('ledger.example', 'ed25519');
    const note = parseNote(await signedNote(key, secret));
    if (note === undefined) throw new Error('not read');
    expect(await signedBy(note, key, nodeCryptography)).toEqual({});
    expect(await signedBy(note, aKey(key.name, 'ed25519').key, nodeCryptography)).toBe('missing');
    expect(await signedBy(note, { ...key, name: 'other' }, nodeCryptography)).toBe('missing');
  });

  it('says when a witness has cosigned it, and no other time', async () => {
    const { key, secret } = aKey('witness.example', 'cosignature');
    const keyId = await keyIdOf(key, nodeCryptography);
    const at = 1_679_315_147;
    const raw = sign(null, cosignedMessage(text, at), secret);
    const noteOf = (time: number) => {
      const line = signatureLine({ name: key.name, keyId, signature: timestamped(time, raw) });
      return parseNote(`${text}\n${line}`);
    };
    const [good, bad] = [noteOf(at), noteOf(at + 1)];
    if (good === undefined || bad === undefined) throw new Error('not read');
    expect(await signedBy(good, key, nodeCryptography)).toEqual({ at });
    expect(await signedBy(bad, key, nodeCryptography)).toBe('wrong');
  });

  it.each([
    ['no blank line', NOTE.replace('is.\n\n', 'is.\n')],
    ['no last newline', NOTE.slice(0, -1)],
    ['a hyphen for the dash', NOTE.replace('\u2014', '-')],
    ['a control character', NOTE.replace('answer', 'an\tswer')],
    ['base64 in another spelling', NOTE.replace('nAM=', 'nAN=')],
    ['a name with a plus', NOTE.replace('\u2014 Peter', '\u2014 P+ter')],
    ['nothing', ''],
  ])('is none with %s', (_, note) => {
    expect(parseNote(note)).toBeUndefined();
  });

  it.each([
    ['another id', PETER.replace('c74f20a3', 'c74f20a4')],
    ['another type', PETER.replace('+ARpc', '+ChpC')],
    ['too few bytes', PETER.slice(0, -4)],
    ['nothing', ''],
  ])('has no key with %s', async (_, vkey) => {
    expect(await parseVkey(vkey, nodeCryptography)).toBeUndefined();
  });

  it('with one byte changed is no note, or not signed', async () => {
    const { key, secret } = aKey('ledger.example', 'ed25519');
    const bytes = Buffer.from(await signedNote(key, secret));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const copy = Buffer.from(bytes);
          copy.writeUInt8(copy.readUInt8(at) ^ by, at);
          const note = parseNote(copy.toString('latin1') === '' ? '' : copy.toString('utf8'));
          const signed =
            note === undefined ? 'missing' : await signedBy(note, key, nodeCryptography);
          expect(typeof signed).toBe('string');
        },
      ),
    );
  });
});

describe('a checkpoint', () => {
  it('says what was written', async () => {
    const { key, secret } = aKey('ledger.example', 'ed25519');
    const read = parseCheckpoint(await signedNote(key, secret));
    expect(read).toMatchObject({ origin: 'ledger.example', size: 3, extensions: [] });
    expect(Buffer.from(read?.root ?? []).equals(head.root)).toBe(true);
  });

  it.each([
    ['a size with a leading zero', text.replace('\n3\n', '\n03\n')],
    ['a size below zero', text.replace('\n3\n', '\n-3\n')],
    ['a size beyond counting', text.replace('\n3\n', '\n9007199254740993\n')],
    ['a short root', text.replace('BwcH', '')],
    ['no root', 'ledger.example\n3\n'],
    ['an empty line', `${text}\n`],
    ['no origin', text.replace('ledger.example', '')],
  ])('is none with %s', async (_, changed) => {
    const { key, secret } = aKey('ledger.example', 'ed25519');
    expect(parseCheckpoint(await signedNote(key, secret, changed))).toBeUndefined();
  });

  it('may have lines after the root', async () => {
    const { key, secret } = aKey('ledger.example', 'ed25519');
    const more = checkpointText({ ...head, extensions: ['one', 'two'] });
    const read = parseCheckpoint(await signedNote(key, secret, more));
    expect(read?.extensions).toEqual(['one', 'two']);
  });
});

describe('a receipt', () => {
  const proof = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  it('says what was written, and takes extra data without looking at them', async () => {
    const { key, secret } = aKey('ledger.example', 'ed25519');
    const checkpoint = await signedNote(key, secret);
    const written = receiptText({ index: 2, proof, checkpoint });
    for (const one of [written, written.replace('\nindex', '\nextra AAAA\nindex')]) {
      const read = parseReceipt(one);
      expect(read).toMatchObject({ index: 2, checkpoint, head: { size: 3 } });
      expect(read?.proof.map((hash) => hash[0])).toEqual([1, 2]);
    }
  });

  it.each([
    ['another version', (good: string) => good.replace('@v1', '@v2')],
    ['no index', (good: string) => good.replace('index 2\n', '')],
    ['an index with a leading zero', (good: string) => good.replace('index 2', 'index 02')],
    ['a short hash', (good: string) => good.replace('AQEB', '')],
    ['no checkpoint', (good: string) => good.slice(0, good.indexOf('\n\n') + 2)],
    ['nothing', () => ''],
  ])('is none with %s', async (_, change) => {
    const { key, secret } = aKey('ledger.example', 'ed25519');
    const good = receiptText({ index: 2, proof, checkpoint: await signedNote(key, secret) });
    expect(parseReceipt(change(good))).toBeUndefined();
  });
});

describe('text and bytes', () => {
  it('are utf-8', () => {
    expect(Buffer.from(utf8('ä€')).toString('hex')).toBe('c3a4e282ac');
  });
});
