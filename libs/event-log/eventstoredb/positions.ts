import type { Position as StorePosition } from '@eventstore/db-client';

import { InvalidInput, START, type Position } from '#kernel';

const DIGITS = 20;
const PAIR = /^([0-9]{20})-([0-9]{20})$/;
/** Positions of the store are signed 64-bit numbers. */
const HIGHEST = 9_223_372_036_854_775_807n;

/**
 * A position of the store: its commit and prepare numbers, 20 decimal digits each, so that text
 * order is log order and both can be handed back as they came.
 */
export function positionOf({ commit, prepare }: StorePosition): Position {
  const at = digits(commit);
  return `${at}-${prepare === commit ? at : digits(prepare)}` as Position;
}

/** What {@link positionOf} was made of. @throws InvalidInput on what it never made */
export function storePosition(position: Position): StorePosition | 'start' {
  if (position === START) return 'start';
  const [, commit, prepare] = PAIR.exec(position) ?? [];
  if (commit === undefined || prepare === undefined) throw notAPosition();
  const place = { commit: BigInt(commit), prepare: BigInt(prepare) };
  if (place.commit > HIGHEST || place.prepare > HIGHEST) throw notAPosition();
  return place;
}

/** The error for a position that this log never gave. */
export function notAPosition(): InvalidInput {
  return new InvalidInput('position', 'position', 'is not a position of this log');
}

function digits(number: bigint): string {
  return String(number).padStart(DIGITS, '0');
}
