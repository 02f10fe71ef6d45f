import { parentPort, workerData } from 'node:worker_threads';

import type { StreamPlace } from '#event-log';
import { buffersOf, scanSegment } from '#evidence';
import { IntegrityError, Outage } from '#kernel';
import type { KeyStates } from '#vault';

import { failureOf } from '../exits.js';
import type { Asked, Told, VerifyInput } from './verify-messages.js';
import { VerifiedStores } from './verify-stores.js';

/** A thread of an audit: looks at the stores by itself, and hands over what it has computed. */
function serve({ verified, hasVault }: VerifyInput, port: NonNullable<typeof parentPort>): void {
  const stores = new VerifiedStores(verified);
  const tell = (told: Told) => {
    port.postMessage(told, told.told === 'scanned' ? buffersOf(told.scanned) : []);
  };
  let last: Promise<void> = Promise.resolve();
  port.on('message', (asked: Asked) => {
    // One after another: answers come in the order asked, and each has the core for itself.
    last = last.then(async () => {
      if (asked.do === 'close') {
        await stores.close();
        port.close();
      } else tell(await answer(stores, hasVault, asked).catch(toldFailure));
    });
  });
}

function toldFailure(error: unknown): Told {
  return { told: 'failure', failure: failureOf(error) };
}

async function answer(
  stores: VerifiedStores,
  hasVault: boolean,
  asked: Exclude<Asked, { readonly do: 'close' }>,
): Promise<Told> {
  switch (asked.do) {
    case 'begin':
      return { told: 'begun' };
    case 'scan': {
      const scan = (keys?: KeyStates) =>
        stores.held((log) => scanSegment(log, asked.segment, keys));
      const scanned = await (hasVault ? stores.keys(scan) : scan());
      if (scanned === undefined) throw new Outage('verify', 'a store is gone');
      return { told: 'scanned', scanned };
    }
    case 'strays': {
      const places = await stores.held(async (log) => {
        const found: StreamPlace[] = [];
        for await (const page of log.onlyInOwnStream(asked.until, asked.given)) found.push(...page);
        return found;
      });
      return { told: 'strays', places: places ?? [] };
    }
  }
}

if (parentPort === null) throw new IntegrityError('no-parent', 'this is the code of a thread');
// What the process gives its thread is what it declares.
serve(workerData as VerifyInput, parentPort);
