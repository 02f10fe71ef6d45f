import { IntegrityError, InvalidInput, Outage } from '#kernel';

import type { Check } from './check.js';
import { failure, NotLooked, skipped, warning } from './check.js';
import { mendOfContradiction, mendOfOutage } from './mends.js';
import { within } from './within.js';

/** What belongs together, under one heading. */
export interface Theme {
  readonly title: string;
  /** Code of what is found where looking itself fails. */
  readonly code: string;
  readonly look: () => Promise<readonly Check[]>;
}

/** A theme that was looked at. */
export interface Looked {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** Somewhat more than a store has for its answer: who waits for that shall hear first why it is out. */
const LIMIT_MILLIS = 15_000;

/** The reason of an Outage that ends with the next start. */
const OLDER = 'format-older';

/** Looks at all themes at once; none keeps another from being looked at. */
export function lookAt(themes: readonly Theme[]): Promise<readonly Looked[]> {
  return Promise.all(
    themes.map(async ({ title, code, look }) => ({
      title,
      checks: await within(code, LIMIT_MILLIS, look()).catch((error: unknown) => [
        troubleOf(code, error),
      ]),
    })),
  );
}

/** What is found where looking fails. The message of an unknown error might quote what it should not. */
export function troubleOf(code: string, error: unknown, of?: string): Check {
  const found = (seen: string, mend: string) =>
    failure(code, { ...(of === undefined ? {} : { of }), seen, mend });
  if (error instanceof NotLooked) return skipped(code, error.message);
  if (error instanceof Outage && error.reason === OLDER) return older(code);
  if (error instanceof Outage) return found(`out: ${error.reason}`, mendOfOutage(error.reason));
  if (error instanceof IntegrityError) {
    return found(`${error.message} (${error.code})`, mendOfContradiction(error.code));
  }
  if (error instanceof InvalidInput) {
    return found(
      `${error.field} ${error.hint}`,
      `set ${error.field} right; ledger config shows it`,
    );
  }
  return found('defect', 'an unexpected fault of this program: report it, with its version');
}

function older(code: string): Check {
  return warning(code, {
    seen: 'was written by an older version, and is not read as it is',
    mend: 'start one server alone: it brings the file to its format',
  });
}
