import { AUDIT } from './audit.js';
import { EVIDENCE } from './evidence.js';
import { MOVING } from './moving.js';
import { REFUSALS } from './refusals.js';
import { TECHNICAL } from './technical.js';
import type { ProblemEntry } from './entry.js';

export type { ProblemEntry } from './entry.js';

/** Every problem that can leave, by its code. */
export const PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  ...TECHNICAL,
  ...AUDIT,
  ...EVIDENCE,
  ...MOVING,
  ...REFUSALS,
};

/** The entry of a code; that of a plain refusal where a code has none of its own. */
export function problemEntry(code: string): ProblemEntry {
  return PROBLEMS[code] ?? TECHNICAL.internal;
}
