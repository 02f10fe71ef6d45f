import type { ViewReport } from '#views';

import type { Settings } from './settings.js';

/** What the thread of the projections is given. */
export interface ThreadInput {
  readonly settings: Settings;
}

/** What the thread is asked for. Nothing here, nor in what it tells, is personal. */
export type Asked =
  | { readonly do: 'start'; readonly epoch: number }
  | { readonly do: 'stop' }
  /** Something was appended by this process. */
  | { readonly do: 'read' }
  /** A rebuild was begun. */
  | { readonly do: 'look' }
  /** A view was unparked. */
  | { readonly do: 'go-on'; readonly view: string }
  | { readonly do: 'close' };

/** What the thread tells. */
export type Told =
  | {
      readonly told: 'moved';
      readonly report: ReadonlyMap<string, ViewReport>;
      readonly problems: ReadonlyMap<string, string>;
    }
  /** Something that could not be done now and is tried again: a short code. */
  | { readonly told: 'problem'; readonly code: string }
  | { readonly told: 'fenced' }
  /** The answer to `stop`: nothing is projected any more. */
  | { readonly told: 'stopped' };

/** Messages that say the same are not sent more often than this. */
const APART_MILLIS = 3;

/** Does something once, however often it is asked for in a short time; at once where it was quiet. */
export function coalesced(work: () => void): () => void {
  let isDue = false;
  let last = 0;
  const now = () => {
    isDue = false;
    last = performance.now();
    work();
  };
  return () => {
    if (isDue) return;
    isDue = true;
    if (performance.now() - last > APART_MILLIS) setImmediate(now);
    else setTimeout(now, APART_MILLIS);
  };
}
