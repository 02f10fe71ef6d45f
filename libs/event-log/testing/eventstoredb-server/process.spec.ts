import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { EventStoreDBClient } from '@eventstore/db-client';
import { expect, test } from '@jest/globals';

import { aStream, events, idsOf } from './bare-client.js';

const MAIN = fileURLToPath(
  new URL('../../../../dist/libs/event-log/testing/eventstoredb-server/main.js', import.meta.url),
);

/** Starts the server as a process of its own. */
async function started(file: string, port = 0): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [MAIN, '--file', file, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const first = JSON.parse(String((await lines.next()).value)) as { port: number };
  return { child, port: first.port };
}

test('a killed server keeps what it acknowledged, and forgets a torn line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventstoredb-'));
  const file = join(folder, 'journal');
  const first = await started(file);
  const client = EventStoreDBClient.connectionString(
    `esdb://127.0.0.1:${String(first.port)}?tls=false`,
  );
  const stream = aStream();
  const sent = events(3);
  const answer = await client.appendToStream(stream, sent, { expectedRevision: 'no_stream' });
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  appendFileSync(file, '[{"position":"1","str');
  const second = await started(file, first.port);
  expect(second.port).toBe(first.port);
  const again = () => client.appendToStream(stream, sent, { expectedRevision: 'no_stream' });
  expect(await again().catch(again)).toEqual(answer);
  expect(await idsOf(client, stream)).toEqual(sent.map((each) => each.id));
  await client.appendToStream(stream, events(1), { expectedRevision: 2n });
  await client.dispose();
  second.child.kill('SIGTERM');
  expect((await once(second.child, 'exit'))[0]).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});
