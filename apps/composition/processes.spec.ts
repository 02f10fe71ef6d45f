import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { until } from '../../test/faults/support/until.js';
import type { Ledger } from './ledger.js';
import { openLedger } from './ledger.js';
import type { Processes } from './processes.js';
import { startProcesses } from './processes.js';
import { readSettings } from './settings.js';

const NONE = {
  projections: false,
  erasures: false,
  'key-epochs': false,
  links: false,
  evidence: false,
};

describe('the work that leases give to one process', () => {
  let folder: string;
  let first: Ledger;
  let second: Ledger;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledger-processes-'));
    const settings = readSettings({ LEDGER_DATA: join(folder, 'data'), LEDGER_LEASE_MS: '300' });
    first = await openLedger({ settings, what: 'test' });
    second = await openLedger({ settings, what: 'test' });
  });
  afterAll(async () => {
    await second.close();
    await first.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is told by the process that does it, until another one does', async () => {
    const one = startProcesses(first);
    await allHeld(one);
    const other = startProcesses(second);
    try {
      expect(heldBy(other)).toEqual(NONE);
      await one.stop();
      expect(heldBy(one)).toEqual(NONE);
      await allHeld(other);
    } finally {
      await one.stop();
      await other.stop();
    }
  });
});

function heldBy(processes: Processes): object {
  return Object.fromEntries(processes.held());
}

async function allHeld(processes: Processes): Promise<void> {
  await until('all work to be done here', () => Object.values(heldBy(processes)).every(Boolean));
}
