import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { START, type NewEvent, type StreamName } from '#kernel';

import { all, anEvent, aStream } from '../contract/index.js';
import { MemoryEventLog } from '../memory/index.js';
import type { EventLog, Expected } from '../port.js';
import { startTestServer, type TestServer } from '../testing/eventstoredb-server/index.js';
import { openEventStoreDb } from './index.js';

/** One append, and what befalls the server beside it. */
interface Step {
  readonly stream: number;
  readonly expected: Expected;
  readonly ids: readonly number[];
  readonly fault: Fault;
}

type Fault = 'none' | 'cut' | 'restart' | 'answer-lost' | 'not-ready' | 'hang';

const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.nat(1),
  expected: fc.oneof(
    fc.constant<Expected>('no-stream'),
    fc.nat(4).map((revision): Expected => revision),
  ),
  ids: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
  fault: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fault>('none') },
    { weight: 4, arbitrary: fc.constantFrom<Fault>('cut', 'restart', 'answer-lost', 'not-ready') },
    { weight: 1, arbitrary: fc.constant<Fault>('hang') },
  ),
});

const LIMIT = 400;

async function befall(server: TestServer, fault: Fault): Promise<void> {
  if (fault === 'cut') server.line.cut();
  if (fault === 'not-ready') server.faults.ready = false;
  if (fault === 'hang') server.line.freeze();
  if (fault === 'restart') {
    await server.stop();
    await server.start();
  }
  if (fault === 'answer-lost') {
    server.faults.beforeAcknowledging = () => {
      server.faults.beforeAcknowledging = undefined;
      server.line.cut();
    };
  }
}

function mend(server: TestServer): void {
  server.faults.beforeAcknowledging = undefined;
  server.faults.ready = true;
  server.line.thaw();
}

/** How an append ends; an outage is asked about again, once things are mended. */
async function outcome(
  log: EventLog,
  stream: StreamName,
  { expected }: Step,
  events: readonly NewEvent[],
  afterOutage: () => void,
): Promise<unknown> {
  for (;;) {
    try {
      return (await log.append(stream, expected, events)).revision;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'Outage') {
        expect(error).toMatchObject({ name: 'WrongExpectedRevision' });
        return error;
      }
      afterOutage();
    }
  }
}

test('any appends come out as in memory, whatever befalls the server', async () => {
  const server = await startTestServer();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const prefix = `${aStream()}.`;
      const log = openEventStoreDb(server.url, { prefix, timeLimitMillis: LIMIT });
      const memory = new MemoryEventLog();
      const pool = Array.from({ length: 6 }, (_, n) => anEvent({ n }));
      const streams = [aStream(), aStream()] as const;
      for (const each of steps) {
        const stream = streams[each.stream === 0 ? 0 : 1];
        const events = each.ids.map((id) => pool[id] ?? anEvent());
        await befall(server, each.fault);
        const seen = await outcome(log, stream, each, events, () => {
          mend(server);
        });
        mend(server);
        const expected = await outcome(memory, stream, each, events, () => undefined);
        expect(seen).toEqual(expected);
      }
      // Nothing befalls it now: a busy machine may take its time.
      await log.close();
      const patient = openEventStoreDb(server.url, { prefix });
      const ids = async (other: EventLog) =>
        (await other.readAll(START, 1_000)).map(({ id, stream, revision }) => [
          stream,
          revision,
          id,
        ]);
      expect(await ids(patient)).toEqual(await ids(memory));
      for (const stream of streams) {
        const read = await all(patient.read(stream, 0));
        expect(read.map(({ id }) => id)).toEqual(
          (await all(memory.read(stream, 0))).map(({ id }) => id),
        );
      }
      await patient.close();
    }),
    { numRuns: 25 },
  );
  await server.close();
});
