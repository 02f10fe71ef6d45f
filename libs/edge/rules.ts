import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsOptional,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import { parseInstant } from '#kernel';
import { isLocalDate } from '#law';

/** Whether a field must be there. */
export interface Presence {
  /** May be left out. */
  readonly optional?: boolean;
  /** May be left out, or null: removes what is there. */
  readonly removable?: boolean;
  /** What it means, for the API documentation. */
  readonly says?: string;
  readonly example?: string;
}

const CONTROL = /\p{Cc}/u;
const AMOUNT = /^-?[0-9]{1,12}(\.[0-9]{1,4})?$/;
const CURRENCY = /^[A-Z]{3}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const CURSOR = /^[A-Za-z0-9_-]{1,1000}$/;
const POSITION = /^[A-Za-z0-9-]{1,64}$/;

/** Text of 1 to `max` characters: well-formed, without control characters, not only blanks. */
export function Text(max: number, presence: Presence = {}): PropertyDecorator {
  const hint = `must be text of 1 to ${String(max)} characters without control characters`;
  const schema: ApiPropertyOptions = { type: String, minLength: 1, maxLength: max };
  return field('text', hint, (value) => isText(value, max), schema, presence);
}

/** One of the values given. */
export function Choice(values: readonly string[], presence: Presence = {}): PropertyDecorator {
  const hint = `must be one of: ${values.join(', ')}`;
  const schema: ApiPropertyOptions = { type: String, enum: [...values] };
  return field('choice', hint, (value) => isOneOf(value, values), schema, presence);
}

/** Different ones of the values given, at least one. */
export function Choices(values: readonly string[], presence: Presence = {}): PropertyDecorator {
  const hint = `must be a list of at least one of: ${values.join(', ')}`;
  return applyDecorators(
    present(presence),
    IsArray({ message: hint }),
    ArrayMinSize(1, { message: hint }),
    ArrayUnique({ message: 'must name each only once' }),
    rule('choice', hint, (value) => isOneOf(value, values), true),
    ApiProperty(documented({ type: String, isArray: true, enum: [...values] }, presence)),
  );
}

/** A day that exists: `2026-03-02`. */
export function Day(presence: Presence = {}): PropertyDecorator {
  const hint = 'must be a date that exists, as 2026-03-02';
  const schema: ApiPropertyOptions = { type: String, format: 'date' };
  return field('date', hint, isDay, schema, presence);
}

/** An instant with its zone (RFC 3339). */
export function Moment(presence: Presence = {}): PropertyDecorator {
  const hint = 'must be an instant with a zone, as 2026-03-02T09:15:00Z';
  const schema: ApiPropertyOptions = { type: String, format: 'date-time' };
  return field('instant', hint, isMoment, schema, presence);
}

/** A decimal amount, as text: `12.50`. */
export function Amount(presence: Presence = {}): PropertyDecorator {
  const hint = 'must be a decimal number as text, as "12.50", of at most 12 and 4 digits';
  const schema: ApiPropertyOptions = { type: String, pattern: AMOUNT.source };
  return field('amount', hint, matching(AMOUNT), schema, presence);
}

/** A currency code of three letters (ISO 4217). */
export function Currency(presence: Presence = {}): PropertyDecorator {
  const schema: ApiPropertyOptions = { type: String, pattern: CURRENCY.source };
  return field('currency', 'must be a code as EUR', matching(CURRENCY), schema, presence);
}

/** An id. */
export function Id(presence: Presence = {}): PropertyDecorator {
  const schema: ApiPropertyOptions = { type: String, format: 'uuid' };
  return field('uuid', 'must be a UUID', matching(UUID), schema, presence);
}

/** True or false. */
export function Flag(presence: Presence = {}): PropertyDecorator {
  const isFlag = (value: unknown) => typeof value === 'boolean';
  return field('flag', 'must be true or false', isFlag, { type: Boolean }, presence);
}

/** How many rows of a list at most. In a query string it arrives as text. */
export function Limit(max: number): PropertyDecorator {
  const hint = `must be a whole number from 1 to ${String(max)}`;
  const isLimit = (value: unknown) => Number.isInteger(value) && inRange(value as number, 1, max);
  const schema: ApiPropertyOptions = { type: 'integer', minimum: 1, maximum: max };
  return applyDecorators(
    Type(() => Number),
    field('limit', hint, isLimit, schema, { optional: true, says: 'Rows at most.' }),
  );
}

/** A place in a list, as the page before gave it. */
export function Cursor(): PropertyDecorator {
  const says = '`cursor` of the page before.';
  const schema: ApiPropertyOptions = { type: String };
  const presence = { optional: true, says };
  return field('cursor', 'must be a cursor of this list', matching(CURSOR), schema, presence);
}

/** The position that a command answered: the query waits until it sees what the command did. */
export function After(): PropertyDecorator {
  const says = '`position` of a command: the answer shows what that did, or is 503 `view-behind`.';
  const schema: ApiPropertyOptions = { type: String };
  const presence = { optional: true, says };
  return field('position', 'must be a position', matching(POSITION), schema, presence);
}

/** An object of its own. (Swagger knows a function for a late type by its name, which is `type`.) */
export function Nested(type: () => new () => object, presence: Presence = {}): PropertyDecorator {
  return applyDecorators(
    present(presence),
    rule('object', 'must be an object', isObject),
    ValidateNested(),
    Type(type),
    ApiProperty(documented({ type: () => type() }, presence)),
  );
}

/** A list of objects, at most so many. */
export function ListOf(
  type: () => new () => object,
  max: number,
  presence: Presence = {},
): PropertyDecorator {
  const hint = `must be a list of at most ${String(max)} objects`;
  return applyDecorators(
    present(presence),
    IsArray({ message: hint }),
    ArrayMaxSize(max, { message: hint }),
    rule('object', hint, isObject, true),
    ValidateNested({ each: true }),
    Type(type),
    ApiProperty(documented({ type: () => type(), isArray: true, maxItems: max }, presence)),
  );
}

function field(
  name: string,
  hint: string,
  isRight: (value: unknown) => boolean,
  schema: ApiPropertyOptions,
  presence: Presence,
): PropertyDecorator {
  return applyDecorators(
    present(presence),
    rule(name, hint, isRight),
    ApiProperty(documented(schema, presence)),
  );
}

function present({ optional, removable }: Presence): PropertyDecorator {
  if (removable === true) return IsOptional();
  return ValidateIf((_, value) => optional !== true || value !== undefined);
}

function rule(
  name: string,
  hint: string,
  isRight: (value: unknown) => boolean,
  each = false,
): PropertyDecorator {
  const validator = { validate: isRight, defaultMessage: () => hint };
  return ValidateBy({ name, validator }, { each });
}

function documented(
  schema: ApiPropertyOptions,
  { optional, removable, says, example }: Presence,
): ApiPropertyOptions {
  return {
    ...schema,
    required: optional !== true && removable !== true,
    ...(removable === true ? { nullable: true } : {}),
    ...(says === undefined ? {} : { description: says }),
    ...(example === undefined ? {} : { example }),
  } as ApiPropertyOptions;
}

function isText(value: unknown, max: number): boolean {
  return (
    typeof value === 'string' &&
    inRange(value.length, 1, max) &&
    value.isWellFormed() &&
    !CONTROL.test(value) &&
    value.trim() !== ''
  );
}

function isOneOf(value: unknown, values: readonly string[]): boolean {
  return typeof value === 'string' && values.includes(value);
}

function isDay(value: unknown): boolean {
  return typeof value === 'string' && isLocalDate(value);
}

function isMoment(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 40) return false;
  try {
    parseInstant(value, '');
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matching(pattern: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && pattern.test(value);
}

function inRange(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
