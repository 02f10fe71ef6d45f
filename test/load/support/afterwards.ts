import { isDeepStrictEqual } from 'node:util';

import { endingsView } from '#customers';

import type { Ledger } from '../../../apps/composition/index.js';
import { allEvents, surveyOf } from '../../faults/support/survey.js';
import { until } from '../../faults/support/until.js';
import { Client } from './client.js';
import type { Cluster } from './cluster.js';
import type { Acknowledged } from './writers.js';
import { eventsOf } from './writers.js';

const LIMIT_MILLIS = 60_000;
/** How many of the commands that had to be sent more than once are sent again. */
const SENT_AGAIN = 25;

/** What does not hold when the faults are over and the writers have stopped; nothing, if all is well. */
export async function wrongAfterwards(
  cluster: Cluster,
  acknowledged: readonly Acknowledged[],
): Promise<readonly string[]> {
  const ledger = await cluster.openLedger();
  try {
    await until('timers to finish their work', () => isAtRest(ledger), LIMIT_MILLIS);
    const stored = new Set((await allEvents(ledger.stores.log)).map(({ id }) => id as string));
    const told = acknowledged.flatMap(({ events }) => events);
    return [
      ...cluster.faults,
      ...told.filter((id) => !stored.has(id)).map((id) => `${id} was acknowledged, and is lost`),
      ...(await answeredOtherwise(cluster, acknowledged)),
      ...(await surveyOf(ledger)),
    ];
  } finally {
    await ledger.close();
  }
}

/** Views have seen all there is, and every key that was ended is destroyed. */
async function isAtRest({ stores, projections }: Ledger): Promise<boolean> {
  if (!(await projections.waitForAll(await stores.log.head(), 1_000))) return false;
  return (await stores.views.count(endingsView, {})) === 0;
}

/** Commands that are answered otherwise than before when they are sent again, to either process. */
async function answeredOtherwise(
  cluster: Cluster,
  acknowledged: readonly Acknowledged[],
): Promise<readonly string[]> {
  const token = await cluster.token();
  const clients = cluster.apis.map((_, at) => new Client(cluster.apis, token, at));
  const wrong: string[] = [];
  const often = acknowledged.filter(({ attempts }) => attempts > 1);
  for (const { request, events } of often.slice(-SENT_AGAIN)) {
    for (const client of clients) {
      const answer = await client.ask(request);
      const isSame =
        answer?.body.repeated === true && isDeepStrictEqual(eventsOf(answer.body), events);
      if (!isSame) wrong.push(`${request.path} was answered otherwise: ${String(answer?.status)}`);
    }
  }
  return wrong;
}
