import { generateKeyPairSync, sign } from 'node:crypto';

import type { StoredEvents } from '#event-log';
import { anEvent, aStream } from '#event-log/contract';
import { MemoryEventLog, MemoryStore } from '#event-log/memory';
import type { Instant, LedgerId, Position } from '#kernel';
import { instantOf, millisOf, randomId, START } from '#kernel';
import { MemoryAnchor } from '#vault/memory';
import { ManualClock } from '#vault/contract';

import {
  EVIDENCE_STREAM,
  evidenceDecider,
  type RecordedCheckpoint,
  type RecordedCosignature,
} from '../checkpoints/decider.js';
import { Sequencer, type CheckpointRecord, type Halt } from '../checkpoints/sequencer.js';
import type { NoteSigner } from '../checkpoints/signer.js';
import { MemoryTree, SharedTree } from '../memory/index.js';
import { nodeCryptography } from '../node-cryptography.js';
import {
  cosignedMessage,
  keyIdOf,
  parseNote,
  signatureLine,
  timestamped,
  vkeyOf,
  type NoteKey,
} from '../verifier/index.js';

export const INTERVAL_MILLIS = 300_000;

/** A key of its own each. */
export function aSigner(origin: string): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    key: { name: origin, type: 'ed25519', publicKey: Buffer.from(x, 'base64url') },
    sign: (message) => sign(null, message, privateKey),
  };
}

/** A witness outside: its key, and what it adds to a checkpoint (c2sp.org/tlog-cosignature). */
export async function aWitness(name: string) {
  const signer = aSigner(name);
  const cosigner: NoteKey = { ...signer.key, type: 'cosignature' };
  const keyId = await keyIdOf(cosigner, nodeCryptography);
  return {
    vkey: await vkeyOf(cosigner, nodeCryptography),
    /** @param at seconds since 1970 */
    line(note: string, at: number): string {
      const { text } = parseNote(note) ?? { text: note };
      const signature = timestamped(at, signer.sign(cosignedMessage(text, at)));
      return signatureLine({ name, keyId, signature });
    },
  };
}

/** Everything that sequencers of several processes share. */
export class SharedEvidence {
  readonly clock = new ManualClock();
  signer = aSigner('ledger.example');
  next: NoteSigner | undefined;
  store = new MemoryStore();
  tree = new SharedTree();
  anchor = new MemoryAnchor(randomId<LedgerId>());
  wanted: Position | undefined;
  halt: Halt | undefined;
  readonly cosigned = new Map<string, RecordedCosignature>();
  /** Under which origin the log says that it is signed; what it says by itself, if left out. */
  origin: string | undefined;
  readonly problems: string[] = [];
  #epoch = 0;

  get log(): MemoryEventLog {
    return new MemoryEventLog(this.store);
  }

  get treeStore(): MemoryTree {
    return new MemoryTree(this.tree);
  }

  /** A process that has just got the lease. */
  process(more: { readonly log?: StoredEvents; readonly anchor?: MemoryAnchor } = {}): Sequencer {
    this.#epoch += 1;
    return new Sequencer(
      {
        signer: () => this.signer,
        next: () => this.next,
        succeed: async () => {
          this.signer = this.next ?? this.signer;
          this.next = undefined;
        },
        log: more.log ?? this.log,
        store: this.treeStore,
        anchor: more.anchor ?? this.anchor,
        record: this.record,
        clock: this.clock,
        intervalMillis: INTERVAL_MILLIS,
        wanted: async () => this.wanted,
        tellHalt: async (halt) => {
          this.halt = halt;
        },
        onProblem: (code) => {
          this.problems.push(code);
        },
      },
      this.#epoch,
    );
  }

  /** Things that happen, each in a stream of its own. */
  async happen(count: number): Promise<void> {
    for (let n = 0; n < count; n++) await this.log.append(aStream(), 'no-stream', [anEvent({ n })]);
  }

  /** Checkpoints as the log tells of them, the oldest first. */
  async signed(): Promise<readonly (RecordedCheckpoint & { readonly at: Instant })[]> {
    const signed: (RecordedCheckpoint & { readonly at: Instant })[] = [];
    for await (const page of this.log.read(EVIDENCE_STREAM, 0)) {
      for (const { data, metadata } of page) {
        signed.push({ ...(data as unknown as RecordedCheckpoint), at: metadata.recordedAt });
      }
    }
    return signed;
  }

  pass(millis: number): void {
    this.clock.set(instantOf(millisOf(this.clock.now()) + millis));
  }

  readonly record: CheckpointRecord = {
    seen: async () => {
      const last = (await this.signed()).at(-1);
      const key = last?.successor ?? last?.key;
      return { origin: this.origin ?? last?.origin, last, key, cosigned: this.cosigned };
    },
    add: async (checkpoint) => {
      const before = await this.signed();
      const last = before.at(-1);
      const key = last?.successor ?? last?.key;
      const state = { ...evidenceDecider.initial(), origin: last?.origin, last, key };
      const drafts = evidenceDecider.decide({ do: 'record-checkpoint', ...checkpoint }, state, {
        now: this.clock.now(),
        purpose: 'audit',
        mint: () => '',
        opened: () => undefined,
      });
      if (!Array.isArray(drafts)) return false;
      const expected = before.length === 0 ? 'no-stream' : before.length - 1;
      const event = anEvent({ ...checkpoint });
      const metadata = { ...event.metadata, recordedAt: this.clock.now() };
      await this.log.append(EVIDENCE_STREAM, expected, [{ ...event, metadata }]);
      return true;
    },
  };

  /** Position of the newest event. */
  async head(): Promise<Position> {
    return (await this.log.readStored(START, 100_000)).at(-1)?.position ?? START;
  }
}
