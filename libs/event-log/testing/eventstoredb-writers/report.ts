/** What the writers say when they have stopped. */
export interface WritersReport {
  /** Ids of events that were acknowledged. */
  readonly acknowledged: readonly string[];
  /** Ids of events as the subscription showed them. */
  readonly seen: readonly string[];
  /** How often each outage was met. */
  readonly outages: Readonly<Record<string, number>>;
  /** Longest time between two acknowledgements. */
  readonly longestGapMillis: number;
}
