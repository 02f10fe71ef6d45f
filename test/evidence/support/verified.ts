import type { AuditReport } from '#evidence';
import { instantOf, millisOf, parseInstant } from '#kernel';

import { verifyStore, type VerifyRequest } from '../../../apps/cli/evidence/verify-run.js';
import { settingsOf } from '../../faults/support/folder.js';
import type { Prepared } from './prepared.js';

/** Verifies a folder's ledger as the command line does, so long after it was signed. */
export async function verified(
  folder: string,
  { at }: Pick<Prepared, 'at'>,
  { laterMillis = 0, ...more }: Partial<VerifyRequest> & { readonly laterMillis?: number } = {},
): Promise<AuditReport> {
  const now = instantOf(millisOf(parseInstant(at, 'at')) + laterMillis);
  const request = { settings: settingsOf(folder), clock: { now: () => now }, ...more };
  return (await verifyStore(request)).report;
}
