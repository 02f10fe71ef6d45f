import { eventLogContract } from '../contract/index.js';
import { numberOf } from '../positions.js';
import type { StoredRow } from '../recorded.js';
import { MemoryEventLog, MemoryStore } from './index.js';

eventLogContract(
  'memory',
  async (settings) => {
    const store = new MemoryStore();
    const opened: MemoryEventLog[] = [];
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
      alter: async (position, { metadata, data }) => {
        const n = numberOf(position) - 1;
        const row = store.events[n];
        if (row === undefined) throw new Error('nothing is stored');
        const [at, stream, revision, id, type, ...old] = row;
        const texts = [metadata?.toString() ?? old[0], data?.toString() ?? old[1]] as const;
        const altered: StoredRow = [at, stream, revision, id, type, ...texts];
        store.events[n] = altered;
        store.streams.get(stream)?.splice(revision, 1, altered);
      },
      hide: async (stream, count) => {
        store.streams.get(stream)?.splice(0, count);
      },
      forget: async (_, position) => {
        const at = store.events.findIndex(([number]) => number === numberOf(position));
        store.events.splice(at, 1);
      },
      dispose: async () => {
        for (const each of opened) await each.close();
      },
    };
  },
  { 'bytes that are no text come as they are': 'it keeps text' },
);
