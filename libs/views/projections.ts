import type { Position } from '#kernel';

import type { Build } from './port.js';
import type { ProjectorStatus } from './projector.js';

/** A build as the store has it, and what this process is doing with it. */
export interface BuildStatus {
  readonly build: Build;
  /** Whether the build is of the version that this program has. */
  readonly current: boolean;
  /** Whether all events known are folded in. */
  readonly caughtUp: boolean;
  /** Where it is projected by this process. */
  readonly projector?: ProjectorStatus;
}

/**
 * All views of a process. Every process has one to wait for positions and to tell how views are; the
 * one that holds the lease starts it, and then it projects.
 */
export interface Projections {
  /** Whether this process projects. */
  readonly projecting: boolean;
  /**
   * What keeps a view from being projected, besides what its builds tell: a short code by the
   * view's name; by no name where it is all of them.
   */
  readonly problems: ReadonlyMap<string, string>;

  /** Makes ready what projecting needs, so that a lease is put to use as soon as it is held. */
  prepare(): void;
  /** Begins to project, under a lease of the given epoch, until {@link stop}. */
  start(epoch: number): void;
  /** Stops projecting; what was folded and not written is folded again by whoever comes next. */
  stop(): Promise<void>;
  /** Stops, and gives back what it has opened. */
  close(): Promise<void>;

  /**
   * Begins to rebuild a view beside its live build, here or in the process that projects.
   * @throws InvalidInput for a view that does not exist
   */
  rebuild(name: string): Promise<Build>;
  /** Lets a parked view go on. @throws InvalidInput for a view that does not exist */
  retry(name: string): Promise<void>;

  /**
   * Waits until queries of a view see all events up to a position.
   * @returns false where that took longer, or the view is parked before it
   */
  waitFor(name: string, position: Position, timeoutMillis: number): Promise<boolean>;
  /**
   * Waits until all builds of all views are past a position, those under way too, which have taken
   * their place by then, and nothing older is left to be cleared away. @returns false where that took longer
   */
  waitForAll(position: Position, timeoutMillis: number): Promise<boolean>;

  /** All builds in the store, with what this process knows of them. */
  statuses(): Promise<readonly BuildStatus[]>;
}
