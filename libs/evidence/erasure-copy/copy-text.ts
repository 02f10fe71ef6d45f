import { textIn, type StoredContent, type StoredEvent } from '#event-log';
import { canonicalJson, type Instant, type JsonObject, type LedgerId } from '#kernel';

import { signNote, type NoteSigner } from '../checkpoints/signer.js';
import { nodeCryptography } from '../node-cryptography.js';
import { storedMembers } from '../stored-members.js';
import {
  COPY_VERSION,
  copyStatementText,
  hex,
  utf8,
  vkeyOf,
  type Announcement,
  type CopiesState,
} from '../verifier/index.js';

/** An event as it is stored, and its proof (c2sp.org/tlog-proof). */
export interface ProvenStored {
  readonly event: StoredEvent;
  readonly receipt: string;
}

/** What a person's copy is made from. */
export interface CopyParts {
  readonly ledger: LedgerId;
  /** The SubjectErased event. */
  readonly erasure: ProvenStored;
  /** Keys of witnesses, as people hand them on. */
  readonly witnesses: readonly string[];
  /** How many of them the policy asks for. */
  readonly quorum: number;
  /** Checkpoints in which one key of the ledger announces another, as far as the copy needs them. */
  readonly announcements: readonly Announcement[];
  readonly madeAt: Instant;
  readonly copies: {
    /** The day in Helsinki by whose end no copy opens. */
    readonly day: string;
    readonly state: CopiesState;
    /** The KekRetired events that confirm it. */
    readonly retirements: readonly ProvenStored[];
  };
}

/** A person's copy, signed: canonical JSON (docs/format.md, "Copy of an erasure receipt"). */
export async function signedCopy(parts: CopyParts, signer: NoteSigner): Promise<string> {
  const { ledger, erasure, witnesses, quorum, announcements, madeAt, copies } = parts;
  const { event } = erasure;
  const { recordedAt } = parsed(event.metadata);
  const { id, stream, revision } = event;
  const said: JsonObject = {
    version: COPY_VERSION,
    ledger,
    origin: signer.key.name,
    vkey: await vkeyOf(signer.key, nodeCryptography),
    announcements: announcements.map(({ note, key }) => ({ note, key })),
    witnesses,
    quorum,
    madeAt,
    receipt: { ...parsed(event.data), event: id, stream, revision, recordedAt },
    erasure: provenJson(erasure),
    copies: { ...copies, retirements: copies.retirements.map(provenJson) },
  };
  const sha256 = hex(nodeCryptography.sha256(utf8(canonicalJson(said))));
  const note = await signNote(copyStatementText(sha256), signer);
  return canonicalJson({ ...said, note });
}

function provenJson({ event, receipt }: ProvenStored): JsonObject {
  return { ...storedMembers(event), tlogProof: receipt };
}

/** What the log gives has been read as an event before. */
function parsed(content: StoredContent): JsonObject {
  return JSON.parse(textIn(content) ?? '') as JsonObject;
}
