import { randomBytes } from 'node:crypto';

import type { Deciding, EventData, Instant, JsonObject, Metadata } from '#kernel';
import { derivedId } from '#kernel';
import type { SealedCommand } from '#vault';

import { newestName } from './folds.js';
import type { CommandRequest } from './request.js';

/** What a decision on a request may know. */
export function decidingOf(
  request: CommandRequest<unknown>,
  now: Instant,
  opened: ReadonlyMap<string, JsonObject>,
): Deciding {
  return {
    now,
    purpose: request.purpose,
    mint: (label) => derivedId(request.id, `mint:${label}`),
    opened: (subject, category) => opened.get(newestName(subject, category)),
  };
}

/** Metadata of a request's events. */
export function metadataOf(
  request: CommandRequest<unknown>,
  schema: number,
  recordedAt: Instant,
  fingerprint: string,
): Metadata {
  return {
    actor: request.actor,
    purpose: request.purpose,
    source: request.source,
    command: request.id,
    fingerprint,
    ...(request.causation === undefined ? {} : { causation: request.causation }),
    correlation: request.correlation ?? request.id,
    schema,
    recordedAt,
    salt: randomBytes(16).toString('base64url'),
  };
}

/** Data of the n-th event of a command, with its envelopes. */
export function dataOf(data: JsonObject, sealed: SealedCommand, index: number): EventData {
  const envelopes = sealed.envelopes[index] ?? [];
  return envelopes.length === 0 ? data : { ...data, sealed: envelopes.map((e) => ({ ...e })) };
}
