/** Everything that the demo says to people. */
export interface Texts {
  readonly intro: (folder: string) => readonly string[];
  readonly scenes: Readonly<Record<Scene, string>>;
  readonly registered: (name: string) => string;
  readonly changed: (name: string) => string;
  readonly shown: (name: string) => string;
  readonly ordered: (total: string) => string;
  readonly copied: string;
  readonly asked: (number: string) => string;
  readonly goesNow: (what: string) => string;
  readonly waits: (what: string, why: string) => string;
  readonly gone: (what: string, receipt: string) => string;
  readonly stillThere: (what: string) => string;
  readonly settled: string;
  readonly clockMoves: (from: string, to: string) => string;
  readonly noMoreCopies: (day: string) => string;
  readonly bytesBefore: (found: number, of: number) => string;
  readonly bytesAfter: (found: number, of: number, files: number) => string;
  readonly notOpened: (events: number, of: number) => string;
  readonly othersOpen: (name: string) => string;
  readonly putBack: string;
  readonly caught: (keys: number) => string;
  readonly replayIntro: (events: number, found: number) => string;
  readonly removed: string;
  readonly kept: (folder: string) => string;
  readonly categories: Readonly<Record<string, string>>;
  readonly holds: {
    readonly invoice: string;
    readonly law: (until: string) => string;
    readonly other: string;
  };
}

export type Scene =
  'register' | 'change' | 'order' | 'ask' | 'settle' | 'law' | 'keys' | 'restore' | 'replay';
