import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, expect, test } from '@jest/globals';

import { startCluster, startTestServer } from '../testing/eventstoredb-server/index.js';
import type { WritersReport } from '../testing/eventstoredb-writers/report.js';

// The writers are a process of their own: an error that nobody catches ends it, and so does not go
// unseen; and it ends by itself only if no timer and no connection is left open.
const MAIN = fileURLToPath(
  new URL('../../../dist/libs/event-log/testing/eventstoredb-writers/main.js', import.meta.url),
);

interface StoredRecord {
  readonly id: string;
  readonly stream: string;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Writers that work while the faults go on; what they report, and how their process ended. */
async function writeDuring(url: string, faults: () => Promise<void>): Promise<WritersReport> {
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN, url, '8']);
  closing.push(async () => {
    if (child.exitCode === null) child.kill('SIGKILL');
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const closed = once(child, 'close');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  await faults();
  child.stdin.end('stop\n');
  const report = await lines.next();
  const [code] = (await closed) as [number];
  expect({ code, errors: errors.join('') }).toEqual({ code: 0, errors: '' });
  return JSON.parse(String(report.value)) as WritersReport;
}

/** Nothing acknowledged was lost, nothing was doubled, and the subscription showed the same. */
function expectWhole(report: WritersReport, records: readonly StoredRecord[]): void {
  const stored = records.filter(({ stream }) => stream.startsWith('ledger.')).map(({ id }) => id);
  expect(report.acknowledged.length).toBeGreaterThan(100);
  expect(new Set(stored).size).toBe(stored.length);
  expect(new Set(stored)).toEqual(new Set(report.acknowledged));
  expect(report.seen).toEqual(stored);
}

/** For so long things stay as they are: here time is what is tested. */
const last = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

test('eight writers lose and double nothing while their server is cut, hung and restarted', async () => {
  const server = await startTestServer();
  closing.push(() => server.close());
  const report = await writeDuring(server.url, async () => {
    await last(300);
    server.line.cut();
    await last(300);
    server.line.freeze();
    await last(2_500);
    server.line.thaw();
    await last(500);
    server.line.freezeConnections();
    await last(2_000);
    await server.stop();
    await last(300);
    await server.start();
    await last(300);
    server.faults.ready = false;
    await last(300);
    server.faults.ready = true;
    for (let lost = 0; lost < 20; lost++) {
      server.faults.beforeAcknowledging = () => {
        server.faults.beforeAcknowledging = undefined;
        server.line.cut();
      };
      await last(50);
    }
  });
  expectWhole(report, server.records);
  expect(Object.keys(report.outages)).toContain('event-log: timeout');
});

test('eight writers lose and double nothing while their cluster changes its leader', async () => {
  const cluster = await startCluster();
  closing.push(() => cluster.close());
  const report = await writeDuring(cluster.url, async () => {
    await last(300);
    cluster.elect(1);
    await last(500);
    cluster.depose();
    await cluster.nodes[1]?.stop();
    await last(500);
    cluster.elect(2);
    await last(1_000);
    await cluster.nodes[1]?.start();
    cluster.nodes[2]?.line.freeze();
    cluster.elect(0);
    await last(4_000);
    cluster.nodes[2]?.line.thaw();
    await last(500);
  });
  expectWhole(report, cluster.records);
  // A leader that hangs: the time limit, then nodes are asked who leads, the hung one in vain.
  expect(report.longestGapMillis).toBeLessThan(8_000);
});
