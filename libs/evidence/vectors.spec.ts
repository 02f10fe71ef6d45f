import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { canonicalBytes, type JsonObject } from '#kernel';

import { signCheckpoint } from './checkpoints/signer.js';
import { nodeCryptography } from './node-cryptography.js';
import { TileShelf } from './testing/index.js';
import { entryOf, leafOfEntry } from './tree/hashing.js';
import { inclusionProof } from './tree/proofs.js';
import { RightEdge } from './tree/right-edge.js';
import {
  isIncluded,
  leafOf,
  parseCheckpoint,
  parseReceipt,
  parseVkey,
  receiptText,
  signedBy,
} from './verifier/index.js';

/** What docs/format.md says, as bytes: made once, never made anew by this program. */
interface Vectors {
  readonly events: readonly {
    readonly stream: string;
    readonly revision: number;
    readonly id: string;
    readonly type: string;
    readonly metadata: JsonObject;
    readonly data: JsonObject;
    readonly entry: string;
    readonly leaf: string;
  }[];
  readonly root: string;
  /** PKCS 8, for these vectors alone. */
  readonly signingKey: string;
  readonly vkey: string;
  readonly checkpoint: string;
  readonly receipts: readonly string[];
}

const vectors = JSON.parse(
  readFileSync(new URL('vectors/evidence.json', import.meta.url), 'utf8'),
) as Vectors;

const events = vectors.events.map((event) => ({
  ...event,
  metadata: canonicalBytes(event.metadata),
  data: canonicalBytes(event.data),
}));
const bytes = (hash: string) => Buffer.from(hash, 'hex');

describe('the vectors of the format', () => {
  it('have the leaf of each event', async () => {
    for (const event of events) {
      expect(entryOf(event)).toBe(event.entry);
      expect(leafOfEntry(entryOf(event))).toEqual(bytes(event.leaf));
      expect(Buffer.from(await leafOf(event, nodeCryptography))).toEqual(bytes(event.leaf));
    }
  });

  it('have the root over them, and the checkpoint that is signed of it', async () => {
    const edge = new RightEdge();
    for (const { leaf } of events) edge.add(bytes(leaf));
    expect(edge.root()).toEqual(bytes(vectors.root));
    const key = await parseVkey(vectors.vkey, nodeCryptography);
    const head = parseCheckpoint(vectors.checkpoint);
    if (key === undefined || head === undefined) throw new Error('not read');
    expect([head.size, Buffer.from(head.root)]).toEqual([events.length, bytes(vectors.root)]);
    expect(await signedBy(head.note, key, nodeCryptography)).toEqual({});
    const secret = createPrivateKey(vectors.signingKey);
    const signer = { key, sign: (message: Uint8Array) => sign(null, message, secret) };
    expect(await signCheckpoint(head, signer)).toBe(vectors.checkpoint);
  });

  it('have the receipt of each event', async () => {
    const edge = new RightEdge();
    for (const { leaf } of events) edge.add(bytes(leaf));
    const shelf = new TileShelf();
    shelf.put(edge.takeTiles());
    for (const [index, { leaf }] of events.entries()) {
      const proof = await inclusionProof(shelf.read, index, events.length);
      const receipt = receiptText({ index, proof, checkpoint: vectors.checkpoint });
      expect(receipt).toBe(vectors.receipts[index]);
      const read = parseReceipt(receipt);
      if (read === undefined) throw new Error('not read');
      const claim = { leaf: bytes(leaf), index: read.index, proof: read.proof };
      expect(await isIncluded(claim, read.head, nodeCryptography)).toBe(true);
    }
  });
});
