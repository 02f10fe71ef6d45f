import { InvalidInput, START, type Position } from '#kernel';

const DIGITS = 16;
const NUMBERED = /^[0-9]{16}$/;

/**
 * The position of an event in a store that counts its events from 1: 16 decimal digits, so that text
 * order is log order.
 */
export function positionOf(number: number): Position {
  return String(number).padStart(DIGITS, '0') as Position;
}

/** The number of a position that {@link positionOf} made; 0 for START. */
export function numberOf(position: Position): number {
  if (position === START) return 0;
  const number = NUMBERED.test(position) ? Number(position) : Number.NaN;
  if (!Number.isSafeInteger(number)) {
    throw new InvalidInput('position', 'position', 'is not a position of this log');
  }
  return number;
}
