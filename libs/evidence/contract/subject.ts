import type { TreeStore } from '../port.js';

/** One empty store of an adapter, and what else its cases need to do with it. */
export interface TreeUnderTest {
  readonly store: TreeStore;
  /** The same store as another process has it open. */
  readonly other: () => Promise<TreeStore>;
  /** Closes the store and opens it again. */
  readonly reopen: () => Promise<TreeStore>;
  /** Runs of each property, where every call crosses a network; left out, as many as elsewhere. */
  readonly runs?: number;
  /** Closes all that is still open, and removes what was made. */
  readonly dispose: () => Promise<void>;
}

/** Cases by their titles. */
export type Cases = Readonly<Record<string, (subject: TreeUnderTest) => Promise<void>>>;
