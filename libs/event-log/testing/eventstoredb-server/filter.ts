import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';

import type { StoredRecord } from './records.js';

/** The server's own window where a filter names none. */
const DEFAULT_WINDOW = 32;

/** Which events of `$all` are sent, and how often a checkpoint is. */
export interface Filter {
  readonly matches: (record: StoredRecord) => boolean;
  /** A checkpoint comes after so many events were looked at; undefined without a filter. */
  readonly checkpointEvery: number | undefined;
}

export function filterOf(options: ReadReq.Options | undefined): Filter {
  const filter = options?.getFilter();
  if (filter === undefined) return { matches: () => true, checkpointEvery: undefined };
  const byStream = filter.getStreamIdentifier();
  const expression = byStream ?? filter.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = new RegExp(expression?.getRegex() ?? '');
  const window = filter.hasMax() ? filter.getMax() : DEFAULT_WINDOW;
  return {
    matches: (record) => {
      const text = byStream === undefined ? record.type : record.stream;
      if (prefixes.length > 0) return prefixes.some((prefix) => text.startsWith(prefix));
      return regex.test(text);
    },
    checkpointEvery: window * filter.getCheckpointintervalmultiplier(),
  };
}
