import { parentPort, workerData } from 'node:worker_threads';

import { IntegrityError, systemClock } from '#kernel';
import { KeyCache, Opener } from '#vault';
import { openFileKeks } from '#vault/file';
import type { ProjectionRunner } from '#views';

import { runnerOver } from './projecting.js';
import type { Asked, ThreadInput, Told } from './projection-messages.js';
import { coalesced } from './projection-messages.js';
import { SecretsFolder } from './secrets-folder.js';
import type { Databases } from './stores.js';
import { openDatabases } from './stores.js';

/** How often it is looked whether a KEK has retired, whose bytes then leave this thread too. */
const KEK_MILLIS = 60_000;

/**
 * The thread of the projections: log, vault and views on connections of its own.
 *
 * It keeps no key beyond the call that opens a batch. That is why an erasure need not ask it: keys
 * are destroyed when every build is past ErasureStarted, so the batches before that are written and
 * their keys zeroed, and since the fence the vault gives none (docs/adr/0008).
 */
async function main(
  { settings }: ThreadInput,
  port: NonNullable<typeof parentPort>,
): Promise<void> {
  const { keks: folder } = new SecretsFolder(settings.secrets);
  const keks = await openFileKeks(folder, systemClock);
  const tell = (told: Told) => {
    port.postMessage(told);
  };
  const onProblem = (code: string) => {
    tell({ told: 'problem', code });
  };
  const databases = await openDatabases(settings, keks, systemClock, { onProblem });
  const { vault, rotation } = databases.vault;
  const opener = new Opener(new KeyCache(vault, { ttlMillis: settings.cacheMillis, maxKeys: 0 }));
  const onMoved = coalesced(() => {
    tell({ told: 'moved', report: runner.report(), problems: runner.problems });
  });
  const onFenced = () => {
    tell({ told: 'fenced' });
  };
  const runner = runnerOver(databases, { clock: systemClock, opener, onFenced, onMoved });
  const timer = setInterval(() => {
    // Where the vault is out, the next time will do.
    rotation.kekStatus().catch(() => undefined);
  }, KEK_MILLIS);
  const close = async () => {
    clearInterval(timer);
    await runner.close();
    await databases.close();
    port.close();
  };
  port.on('message', (asked: Asked) => {
    answer(asked, runner, databases, tell, close);
  });
}

function answer(
  asked: Asked,
  runner: ProjectionRunner,
  { log }: Databases,
  tell: (told: Told) => void,
  close: () => Promise<void>,
): void {
  switch (asked.do) {
    case 'start':
      runner.start(asked.epoch);
      return;
    case 'stop':
      void runner.stop().then(() => {
        tell({ told: 'stopped' });
      });
      return;
    case 'read':
      log.appended?.();
      return;
    case 'look':
      runner.look();
      return;
    case 'go-on':
      runner.goOn(asked.view);
      return;
    case 'close':
      void close();
      return;
  }
}

if (parentPort === null) throw new IntegrityError('no-parent', 'this is the code of a thread');
// What the process gives its thread is what it declares.
await main(workerData as ThreadInput, parentPort);
