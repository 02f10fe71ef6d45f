import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Measures hypercore, as installed in the working folder; prints the rates as JSON. */
interface Hypercore {
  readonly length: number;
  ready(): Promise<void>;
  append(block: Uint8Array): Promise<unknown>;
  close(): Promise<void>;
  readonly core: { audit(): Promise<{ readonly corrupt: boolean }> };
}

const SINGLE = 3_000;
const GROUP = 60_000;
const IN_FLIGHT = 64;
const BLOCK = Buffer.alloc(594, 7);

const require = createRequire(join(process.cwd(), 'package.json'));
// Not ours: nothing that looks for dependencies is to find it.
const PEER = 'hypercore';
const Core = require(PEER) as new (folder: string) => Hypercore;
const core = new Core(join(process.cwd(), 'store'));

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return count / ((performance.now() - from) / 1000);
}

await core.ready();
const single = await perSecond(SINGLE, async () => {
  for (let n = 0; n < SINGLE; n++) await core.append(BLOCK);
});
const group = await perSecond(GROUP, async () => {
  let left = GROUP;
  const worker = async () => {
    while (left-- > 0) await core.append(BLOCK);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
});
const audit = await perSecond(core.length, async () => {
  if ((await core.core.audit()).corrupt) throw new Error('the peer finds its own log corrupt');
});
await core.close();
process.stdout.write(JSON.stringify({ single, group, audit }));
