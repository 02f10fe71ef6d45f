import type { Clock } from '#kernel';
import { millisOf } from '#kernel';

import type { NoteSigner } from '../checkpoints/signer.js';
import { nodeCryptography } from '../node-cryptography.js';
import {
  base64url,
  cosignedMessage,
  fromBase64url,
  isConsistent,
  keyIdOf,
  parseCheckpoint,
  sameBytes,
  signatureLine,
  signedBy,
  timestamped,
  type NoteKey,
  type SignedCheckpoint,
  type TreeHead,
} from '../verifier/index.js';
import { parseRequest, type AddCheckpoint } from './request.js';

/** What a witness has cosigned last of a log. */
export interface WitnessedHead {
  readonly size: number;
  /** 32 bytes, base64url. */
  readonly root: string;
}

/** What a witness remembers: of each log, by its origin, what it has cosigned last. */
export interface WitnessMemory {
  last(origin: string): Promise<WitnessedHead | undefined>;
  /** Durable when it resolves: a cosignature leaves only then. */
  remember(origin: string, head: WitnessedHead): Promise<void>;
}

/** An answer as HTTP has it. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: 'text/plain; charset=utf-8' | 'text/x.tlog.size';
  readonly body: string;
}

/**
 * A witness (c2sp.org/tlog-witness): cosigns a log's checkpoint where it has only grown from the one that
 * it has cosigned before, and remembers it. One request at a time, so that none is checked against what
 * another is about to replace.
 */
export class Witness {
  #turn: Promise<unknown> = Promise.resolve();

  /** @param logs keys of the logs that are cosigned; each key's name is its log's origin */
  constructor(
    private readonly logs: readonly NoteKey[],
    private readonly signer: NoteSigner,
    private readonly memory: WitnessMemory,
    private readonly clock: Clock,
  ) {}

  /** Answers a request for `add-checkpoint`. */
  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    const answer = this.#turn.then(() => this.#answer(body));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #answer(body: string): Promise<WitnessAnswer> {
    const request = parseRequest(body);
    const head = request === undefined ? undefined : parseCheckpoint(request.checkpoint);
    if (request === undefined || head === undefined) return refusal(400, 'not a request');
    const keys = this.logs.filter(({ name }) => name === head.origin);
    if (keys.length === 0) return refusal(404, 'not a log that is known here');
    if (!(await isSigned(head, keys))) return refusal(403, 'not signed by the log');
    if (request.oldSize > head.size) return refusal(400, 'the old size is above the new one');
    const last = await this.memory.last(head.origin);
    if (request.oldSize !== (last?.size ?? 0)) return conflict(last?.size ?? 0);
    if (last?.size === head.size && last.root !== base64url(head.root)) return conflict(last.size);
    if (!(await hasGrown(last, head, request))) return refusal(422, 'not shown to have only grown');
    await this.memory.remember(head.origin, { size: head.size, root: base64url(head.root) });
    return { status: 200, type: 'text/plain; charset=utf-8', body: await this.#cosigned(head) };
  }

  async #cosigned({ note }: SignedCheckpoint): Promise<string> {
    const { key } = this.signer;
    const at = Math.floor(millisOf(this.clock.now()) / 1000);
    const signature = timestamped(at, this.signer.sign(cosignedMessage(note.text, at)));
    const keyId = await keyIdOf(key, nodeCryptography);
    return signatureLine({ name: key.name, keyId, signature });
  }
}

async function isSigned({ note }: SignedCheckpoint, keys: readonly NoteKey[]): Promise<boolean> {
  const signed = await Promise.all(keys.map((key) => signedBy(note, key, nodeCryptography)));
  return !signed.includes('wrong') && signed.some((one) => one !== 'missing');
}

/** From nothing every tree has grown; from a tree of its own size each is that one. */
async function hasGrown(
  last: WitnessedHead | undefined,
  head: TreeHead,
  { proof }: AddCheckpoint,
): Promise<boolean> {
  if (last === undefined || last.size === 0) return proof.length === 0;
  const root = fromBase64url(last.root);
  if (root === undefined) return false;
  if (last.size === head.size) return proof.length === 0 && sameBytes(root, head.root);
  return isConsistent({ size: last.size, root }, head, proof, nodeCryptography);
}

function refusal(status: 400 | 403 | 404 | 422, says: string): WitnessAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: `${says}\n` };
}

function conflict(size: number): WitnessAnswer {
  return { status: 409, type: 'text/x.tlog.size', body: `${String(size)}\n` };
}
