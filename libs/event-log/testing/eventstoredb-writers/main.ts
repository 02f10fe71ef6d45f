// Writers on the adapter as a process of their own, for tests that break the server under them:
// `node main.js URL WRITERS`. Each writer appends to a stream of its own, and the same event again
// until it is acknowledged. At a line on standard input they stop; the process waits until its
// subscription has shown all that was acknowledged, prints what happened as one line of JSON, closes
// the log, and ends by itself if nothing was left open.
import { once } from 'node:events';

import { START } from '#kernel';

import { anEvent, aStream } from '../../contract/samples.js';
import { openEventStoreDb } from '../../eventstoredb/index.js';
import type { WritersReport } from './report.js';

const [url = '', writers = '8'] = process.argv.slice(2);
const PAUSE_MILLIS = 20;

const log = openEventStoreDb(url, { timeLimitMillis: 1_000 });
const acknowledged = new Set<string>();
const seen: string[] = [];
const outages = new Map<string, number>();
const ending = new AbortController();
let stopping = false;
let written = false;
let lastAt = performance.now();
let longestGapMillis = 0;

async function write(): Promise<void> {
  const stream = aStream();
  for (let revision = 0; !stopping; revision++) {
    const event = anEvent({ n: revision, x: 'x'.repeat(2_000) });
    await untilAcknowledged(() =>
      log.append(stream, revision === 0 ? 'no-stream' : revision - 1, [event]),
    );
    acknowledged.add(event.id);
    const now = performance.now();
    longestGapMillis = Math.max(longestGapMillis, now - lastAt);
    lastAt = now;
  }
}

async function untilAcknowledged(append: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await append();
      return;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'Outage') throw error;
      outages.set(error.message, (outages.get(error.message) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
    }
  }
}

async function watch(): Promise<void> {
  for await (const page of log.subscribe(START, ending.signal)) {
    seen.push(...page.map((event) => event.id));
    if (written && isAllSeen()) ending.abort();
  }
}

function isAllSeen(): boolean {
  return seen.length >= acknowledged.size;
}

const watching = watch();
const writing = Promise.all(Array.from({ length: Number(writers) }, write));
process.stdout.write('{"started":true}\n');
await once(process.stdin, 'data');
process.stdin.destroy();
stopping = true;
await writing;
written = true;
if (isAllSeen()) ending.abort();
await watching;
const report: WritersReport = {
  acknowledged: [...acknowledged],
  seen,
  outages: Object.fromEntries(outages),
  longestGapMillis: Math.round(longestGapMillis),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
await log.close();
