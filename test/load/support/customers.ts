import type { JsonObject } from '#kernel';
import { isJsonObject } from '#kernel';

import { textIn } from '../../faults/support/server-child.js';
import { until } from '../../faults/support/until.js';
import type { Client } from './client.js';

const RIGHTS = 'data-subject-rights';

/** A customer, and the position behind which views know them. */
export interface Registered {
  readonly id: string;
  readonly position: string;
}

/** Registers somebody; a first answer is wanted. */
export async function register(client: Client): Promise<Registered> {
  const body = {
    category: 'private',
    identity: { firstName: 'Maija', lastName: 'Virtanen' },
    contact: { email: 'maija.virtanen@example.fi' },
  };
  const answer = await client.ask({ method: 'POST', path: '/api/customers', body });
  if (answer?.status !== 201) throw new Error(`registering gave ${String(answer?.status)}`);
  return { id: textIn(answer.body, 'id'), position: textIn(answer.body, 'position') };
}

/** Waits until the view of customers shows somebody. */
export async function shown(client: Client, { id, position }: Registered): Promise<void> {
  await until('a view to show a registration', async () => {
    const path = `/api/customers/${id}?after=${position}`;
    return (await client.ask({ method: 'GET', path }))?.status === 200;
  });
}

/** What reading says of each value of somebody: `present`, `erased`, or why it is withheld. */
export async function statesOf(client: Client, id: string): Promise<readonly string[]> {
  const path = `/api/customers/${id}`;
  const answer = await client.ask({ method: 'GET', path, purpose: RIGHTS });
  if (answer?.status !== 200) throw new Error(`reading gave ${String(answer?.status)}`);
  const { values } = answer.body;
  return Object.values(isJsonObject(values) ? values : {}).map(wordOf);
}

function wordOf(value: JsonObject[string]): string {
  if (!isJsonObject(value)) return 'unknown';
  return textIn(value, value.state === 'withheld' ? 'why' : 'state');
}

/** Asks for an erasure; gives the number of its case. */
export async function askErasure(client: Client, id: string): Promise<string> {
  const path = `/api/customers/${id}/erasure`;
  const body = { ground: 'consent-withdrawn' };
  const answer = await client.ask({ method: 'POST', path, body, purpose: RIGHTS });
  if (answer?.status !== 200 && answer?.status !== 202) {
    throw new Error(`asking for an erasure gave ${String(answer?.status)}`);
  }
  return textIn(answer.body, 'case');
}

/** Waits until a case says that it is done: then there is a receipt. */
export async function erased(client: Client, number: string): Promise<void> {
  await until('an erasure to be finished', async () => {
    const path = `/api/erasures/${number}`;
    const answer = await client.ask({ method: 'GET', path, purpose: RIGHTS });
    return answer?.body.status === 'erased';
  });
}
