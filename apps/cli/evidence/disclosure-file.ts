import type { Disclosure } from '#customers';
import type { Envelope, JsonObject } from '#kernel';
import { canonicalJson, InvalidInput, isJsonObject } from '#kernel';
import type { SealingContext } from '#vault';

/** First member of a disclosure, by which it is known. */
const VERSION = 'privacy-ledger/disclosure/v1';

/** A disclosure as the recipient is given it: canonical JSON and a newline (docs/format.md). */
export function disclosureText({ event, envelope, envelopeKey, recordedBy }: Disclosure): string {
  const file = {
    version: VERSION,
    event: { ...event },
    envelope: { ...envelope },
    envelopeKey,
    recordedBy,
  };
  return `${canonicalJson(file)}\n`;
}

/** What opens an envelope. */
export interface DisclosedEnvelope {
  readonly context: SealingContext;
  readonly envelope: Envelope;
  /** 32 bytes. */
  readonly envelopeKey: Buffer;
}

/** Reads a disclosure. @throws InvalidInput that quotes nothing of it */
export function readDisclosure(text: string): DisclosedEnvelope {
  const { version, event, envelope, envelopeKey } = objectIn(text);
  if (version !== VERSION || !isJsonObject(event) || !isJsonObject(envelope)) throw notOne();
  const { stream, id, type, schema } = event;
  const { subject, category, key } = envelope;
  if (typeof schema !== 'number' || typeof envelopeKey !== 'string') throw notOne();
  const texts = { stream, event: id, type, subject, category, key };
  if (!Object.values(texts).every((part) => typeof part === 'string')) throw notOne();
  return {
    // Whatever the texts are: the envelope opens under those that it was sealed with, and no others.
    context: { ...texts, schema } as SealingContext,
    envelope: envelope as JsonObject & Envelope,
    envelopeKey: Buffer.from(envelopeKey, 'base64url'),
  };
}

function objectIn(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Refused below: Node's own error would quote it.
  }
  throw notOne();
}

function notOne(): InvalidInput {
  return new InvalidInput('FILE', 'disclosure', 'is no disclosure that `ledger evidence` has made');
}
