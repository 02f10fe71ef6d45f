import { afterEach, expect, it } from '@jest/globals';

import type { Servers } from '../engines/places.js';
import { makeFolder, removeFolder } from '../engines/places.js';
import { describeOnFiles } from '../engines/on-files.js';
import { Child } from '../faults/support/child.js';

const LIMIT = 60_000;
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await removeFolder(folder);
});

/** What the same commands give, with the same clock, ids, salts and nonces. */
async function treeOn(servers: Servers) {
  const folder = await makeFolder('same-root', servers);
  folders.push(folder);
  const { code, err, lines } = await Child.start('../evidence/support/same-work', folder).ended;
  expect([code, err]).toEqual([0, '']);
  return lines.at(-1);
}

describeOnFiles('the same commands, with the same clock, ids, salts and nonces', () => {
  it(
    'have the same tree in files and on EventStoreDB',
    async () => {
      const inFiles = await treeOn({ eventStoreDb: false, mongoDb: false });
      const onServer = await treeOn({ eventStoreDb: true, mongoDb: false });
      expect(onServer).toEqual(inFiles);
      expect(inFiles?.size).toBeGreaterThan(30);
    },
    LIMIT,
  );
});
