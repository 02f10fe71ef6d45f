/**
 * A part that the ledger needs does not answer, or cannot write (HTTP 503). Nothing was lost, and
 * the same command may be sent again. The message names the part, never what it was asked.
 */
export class Outage extends Error {
  override readonly name = 'Outage';

  /**
   * @param part the part that is out: `event-log`, `vault`, `views`, `anchor`
   * @param reason a short word for people who run the ledger, without personal data
   */
  constructor(
    readonly part: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${part}: ${reason}`, options);
  }
}

/** Input that breaks a rule of form (HTTP 400). It never quotes the value. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';

  /**
   * @param field path of the offending field, dots between its parts
   * @param rule stable code of the rule that it breaks
   * @param hint what would be right, in English
   */
  constructor(
    readonly field: string,
    readonly rule: string,
    readonly hint: string,
  ) {
    super(`${field}: ${hint} (${rule})`);
  }
}

/**
 * Something that must hold does not: a tag that fails, a store that contradicts itself. Never
 * caught to go on as if nothing had happened.
 */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';

  /** @param code stable code; @param message what contradicts what, without personal data */
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The `code` of a system, SQLite or network error, or undefined. Safe across realms. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * What a log may hold of an error: an outage's own words, and of a defect its code alone, since a message
 * might say more.
 */
export function problemOf(error: unknown): string {
  return error instanceof Outage ? error.message : `defect: ${errorCode(error) ?? 'unknown'}`;
}
