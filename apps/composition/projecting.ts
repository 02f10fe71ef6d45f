import { customerViews } from '#customers';
import type { Clock } from '#kernel';
import type { Opener } from '#vault';
import { ProjectionRunner } from '#views';

import { openForViews } from './opening.js';
import type { Databases } from './stores.js';
import { upcastersOfAll } from './upcasters.js';

/** What is told when another process has taken over the projections. */
export const FENCED = 'views: fenced';

export interface Projecting {
  readonly clock: Clock;
  readonly opener: Opener;
  readonly onFenced: () => void;
  readonly onMoved?: () => void;
}

/** Projects all views of a ledger on the thread that it is called on. */
export function runnerOver(databases: Databases, projecting: Projecting): ProjectionRunner {
  const { log, vault, views } = databases;
  const { opener, ...rest } = projecting;
  const upcasters = upcastersOfAll();
  return new ProjectionRunner({
    ...rest,
    log,
    views,
    definitions: customerViews,
    open: openForViews(opener),
    secrets: vault.secrets,
    lift: (event) => upcasters.lift(event),
  });
}
