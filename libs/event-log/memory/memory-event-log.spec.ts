import { eventLogContract } from '../contract/index.js';
import type { EventLog } from '../port.js';
import { numberOf } from '../positions.js';
import { MemoryEventLog, MemoryStore } from './index.js';

eventLogContract('memory', async (settings) => {
  const store = new MemoryStore();
  const opened: EventLog[] = [];
  const open = () => {
    const log = new MemoryEventLog(store, settings);
    opened.push(log);
    return log;
  };
  const log = open();
  return {
    log,
    reopen: async () => {
      await log.close();
      return open();
    },
    other: async () => open(),
    storedBytes: async (position) => {
      const stored = store.events[numberOf(position) - 1];
      return { metadata: Buffer.from(stored?.[5] ?? ''), data: Buffer.from(stored?.[6] ?? '') };
    },
    remove: async (stream, revision) => {
      store.streams.get(stream)?.splice(revision, 1);
    },
    dispose: async () => {
      for (const each of opened) await each.close();
    },
  };
});
