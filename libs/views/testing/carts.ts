import { randomId, streamName } from '#kernel';
import type { EventId, JsonObject, RecordedEvent } from '#kernel';
import type { EventLog } from '#event-log';
import { anEvent } from '#event-log/contract';

import { matcher, parseFilter } from '../filter.js';
import type { Opened, ViewDefinition } from '../port.js';

/** What can happen in the little world that projectors are tested with. */
export type CartEvent =
  | { readonly type: 'Opened'; readonly cart: string; readonly key: string }
  | { readonly type: 'Added'; readonly cart: string; readonly amount: number }
  /** From one cart to another: an event of two documents. */
  | { readonly type: 'Moved'; readonly cart: string; readonly to: string; readonly amount: number }
  | { readonly type: 'Closed'; readonly cart: string }
  /** Drops every cart that holds the key. */
  | { readonly type: 'KeyGone'; readonly key: string }
  /** Of no view's concern. */
  | { readonly type: 'Noted' }
  /** Cannot be folded, as long as {@link Breakable} is broken. */
  | { readonly type: 'Broken'; readonly cart: string };

/** Appends events, each to a stream of its own. Gives the position of the last. */
export async function append(log: EventLog, ...events: readonly CartEvent[]) {
  let position = await log.head();
  for (const { type, ...data } of events) {
    const stream = streamName(`cart-${randomId<EventId>()}`);
    const event = { ...anEvent(data), type };
    ({ position } = await log.append(stream, 'no-stream', [event]));
  }
  return position;
}

export interface Cart extends JsonObject {
  readonly total: number;
  readonly keys: readonly string[];
  readonly seen: number;
}

/** A cart view that can be told to fail. */
export class Breakable {
  /** Where folding a Broken event throws. */
  broken: 'route' | 'apply' | undefined = 'apply';
  applied = 0;

  view(version = 1, name = 'carts'): ViewDefinition<Cart> {
    return {
      name,
      version,
      indexes: [
        { field: 'total', kind: 'value' },
        { field: 'keys', kind: 'array' },
      ],
      route: (event) => this.#route(event),
      apply: (cart, event) => {
        this.applied += 1;
        return this.#apply(cart, event);
      },
    };
  }

  #route(event: RecordedEvent): ReturnType<ViewDefinition['route']> {
    switch (event.type) {
      case 'Opened':
      case 'Added':
      case 'Closed':
        return [textOf(event, 'cart')];
      case 'Moved':
        return [textOf(event, 'cart'), textOf(event, 'to')];
      case 'KeyGone':
        return { keys: textOf(event, 'key') };
      case 'Broken':
        if (this.broken === 'route') throw new RangeError('PERSONAL');
        return ['before', textOf(event, 'cart')];
      default:
        return [];
    }
  }

  #apply(cart: Cart | undefined, event: RecordedEvent): Cart | null | undefined {
    switch (event.type) {
      case 'Opened':
        return { total: 0, keys: [...(cart?.keys ?? []), textOf(event, 'key')], seen: 1 };
      case 'Added':
        return cart && grown(cart, number(event, 'amount'));
      case 'Moved': {
        const sign = cart?.seen === undefined || cart.seen % 2 === 0 ? 1 : -1;
        return cart && grown(cart, sign * number(event, 'amount'));
      }
      case 'Closed':
      case 'KeyGone':
        return null;
      case 'Broken':
        if (this.broken === 'apply' && cart !== undefined) throw new RangeError('PERSONAL');
        return { total: -1, keys: [], seen: 0 };
      default:
        return cart;
    }
  }
}

function grown(cart: Cart, by: number): Cart {
  return { ...cart, total: cart.total + by, seen: cart.seen + 1 };
}

/** Folds one event after another, in the simplest way there is. */
export function foldFromZero(
  view: ViewDefinition,
  events: readonly RecordedEvent[],
): Readonly<Record<string, JsonObject>> {
  const docs = new Map<string, JsonObject>();
  const opened: Opened = { value: () => undefined, token: () => '' };
  for (const event of events) {
    for (const id of idsOf(view, event, docs)) {
      const after = view.apply(docs.get(id), event, opened);
      if (after === null) docs.delete(id);
      else if (after !== undefined) docs.set(id, after);
    }
  }
  return Object.fromEntries(docs);
}

function idsOf(
  view: ViewDefinition,
  event: RecordedEvent,
  docs: ReadonlyMap<string, JsonObject>,
): readonly string[] {
  const route = view.route(event);
  if (isIds(route)) return [...new Set(route)];
  const matches = matcher(parseFilter(view.indexes, route));
  return [...docs].filter(([, doc]) => matches(doc)).map(([id]) => id);
}

function isIds(route: ReturnType<ViewDefinition['route']>): route is readonly string[] {
  return Array.isArray(route);
}

/** A field of an event that is a text. */
export function textOf(event: RecordedEvent, name: string): string {
  const value = event.data[name];
  if (typeof value !== 'string') throw new TypeError(`${event.type} has no ${name}`);
  return value;
}

function number(event: RecordedEvent, name: string): number {
  return Number(event.data[name]);
}
