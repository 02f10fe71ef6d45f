import { setTimeout as pause } from 'node:timers/promises';

import type { CaseDoc, Wait } from '#customers';
import type { Json, RecordedEvent } from '#kernel';

import type { Scene, Texts } from './text-form.js';

const SHOWN_OF_SIGNATURE = 16;
/** `customer-` and enough of an id to tell two people apart. */
const SHOWN_OF_STREAM = 17;

/** Tells the demo in one language. */
export class Narrator {
  #scene = 0;

  /** @param pauseMillis how long a reader gets before each scene */
  constructor(
    private readonly texts: Texts,
    private readonly write: (line: string) => void,
    private readonly pauseMillis: number,
  ) {}

  say(of: (texts: Texts) => string): void {
    this.write(`   ${of(this.texts)}`);
  }

  async scene(scene: Scene): Promise<void> {
    await pause(this.pauseMillis);
    this.write('');
    this.write(`${String(++this.#scene)}. ${this.texts.scenes[scene]}`);
  }

  /** Parts by their names; `-` for none. */
  parts(parts: readonly { readonly category: string }[]): string {
    const names = [...new Set(parts.map(({ category }) => category))].map((category) =>
      this.#category(category),
    );
    return names.length === 0 ? '-' : names.join(', ');
  }

  /** What waits, and for what. */
  waits(waits: readonly Wait[]): void {
    for (const { category, holds } of waits) {
      const why = holds.map((hold) => {
        switch (hold.hold) {
          case 'open-invoice':
          case 'collection':
            return this.texts.holds.invoice;
          case 'statutory':
            return this.texts.holds.law(hold.until);
          case 'contact-person':
            return this.texts.holds.other;
        }
      });
      this.say((t) => t.waits(this.#category(category), why.join('; ')));
    }
  }

  /** The newest receipt of a case. */
  receipt(found: CaseDoc): void {
    const newest = found.parts.flatMap((part) => part.receipts).at(-1);
    if (newest === undefined) return;
    const parts = newest.keys as unknown as readonly { readonly category: string }[];
    const signature = textOf(newest.signature).slice(0, SHOWN_OF_SIGNATURE);
    this.say((t) => t.gone(this.parts(parts), `${signature}…`));
  }

  events(events: readonly RecordedEvent[]): void {
    for (const { metadata, stream, type, data } of events) {
      const sealed = (data.sealed ?? []).map(({ category }) => category).join(' + ');
      const who = stream.slice(0, SHOWN_OF_STREAM).padEnd(SHOWN_OF_STREAM);
      const shut = sealed === '' ? '' : `  [${sealed}]`;
      this.write(`   ${metadata.recordedAt}  ${who}  ${type} (${metadata.actor})${shut}`);
    }
  }

  #category(category: string): string {
    return this.texts.categories[category] ?? category;
  }
}

/** A field of an event that is known to be text. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
