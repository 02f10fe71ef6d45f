import { readFile } from 'node:fs/promises';

import type { TimestampAuthority } from '#evidence';
import { readAuthority } from '#evidence';
import { InvalidInput } from '#kernel';

import { DECLARED, type Settings } from './settings.js';

const FIELDS = {
  url: DECLARED.timestampUrl.variable,
  anchors: DECLARED.timestampAnchors.variable,
} as const;

/** The time-stamping authority of the settings, if they name one. @throws InvalidInput */
export async function authorityOfSettings(
  settings: Settings,
): Promise<TimestampAuthority | undefined> {
  const { timestampUrl, timestampAnchors } = settings;
  if (timestampUrl === '') return undefined;
  const pem = timestampAnchors === '' ? undefined : await pemIn(timestampAnchors);
  return readAuthority(timestampUrl, pem, FIELDS);
}

async function pemIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new InvalidInput(FIELDS.anchors, 'readable', 'is a file that can be read');
  }
}
