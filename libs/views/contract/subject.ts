import type { Views } from '../port.js';

/** A store to be tested. */
export interface ViewsUnderTest {
  readonly views: Views;
  /** The same store as another process sees it. */
  readonly other: () => Promise<Views>;
  /** Closes it and opens it again. */
  readonly reopen: () => Promise<Views>;
  /** Runs of each property, where every call crosses a network; left out, as many as elsewhere. */
  readonly runs?: number;
  readonly dispose: () => Promise<void>;
}

/** Cases by their titles. */
export type Cases = Readonly<Record<string, (subject: ViewsUnderTest) => Promise<void>>>;
