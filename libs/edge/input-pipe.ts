import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';

import type { SubjectId } from '#kernel';
import { uuidAs } from '#kernel';

import { Problem } from './problem.js';
import type { FieldError } from './problem.js';

const OPTIONS = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
} as const;

const MOST_ERRORS = 50;

/**
 * Checks bodies and query strings against their DTO. Errors name field and rule, never the value,
 * and never a field that the DTO does not know: its name is the caller's text too.
 */
@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (metatype === undefined || (type !== 'body' && type !== 'query')) return value;
    const given = value ?? {};
    const instance = instanceOf(metatype, given);
    const errors = validateSync(instance, OPTIONS).flatMap((error) => flat(error, '', metatype));
    if (errors.length > 0) throw refused(errors.slice(0, MOST_ERRORS));
    // A body is handed on as it came: what it does not hold stays left out. A query is converted.
    return type === 'body' ? given : instance;
  }
}

/** An object deeper than any DTO overflows the walk through it. */
function instanceOf(metatype: new (...args: never[]) => unknown, given: unknown): object {
  try {
    return plainToInstance<object, unknown>(metatype as new () => object, given);
  } catch {
    throw refused([{ field: '', rule: 'depth', hint: 'is nested too deeply' }]);
  }
}

function refused(errors: readonly FieldError[]): Problem {
  return new Problem('invalid-input', 'The request breaks a rule of form.', { errors });
}

function flat(error: ValidationError, path: string, metatype: unknown): FieldError[] {
  const constraints = Object.entries(error.constraints ?? {});
  if (constraints.some(([name]) => name === 'whitelistValidation')) {
    return [{ field: path, rule: 'unknown-field', hint: knownFields(metatype) }];
  }
  const field = path === '' ? error.property : `${path}.${error.property}`;
  const own = constraints.map(([name, hint]) => ({ field, rule: kebab(name), hint }));
  // What lies below a field that is wrong as a whole is not worth telling.
  if (own.length > 0) return own;
  return (error.children ?? []).flatMap((child) => flat(child, field, undefined));
}

function knownFields(metatype: unknown): string {
  if (typeof metatype !== 'function') return 'holds a field that is not known here';
  const known = getMetadataStorage()
    .getTargetValidationMetadatas(metatype, '', false, false)
    .map(({ propertyName }) => propertyName);
  return `holds a field that is not known here; known are: ${[...new Set(known)].join(', ')}`;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The id of a customer in a path. */
@Injectable()
export class SubjectPipe implements PipeTransform<string, SubjectId> {
  transform(value: string): SubjectId {
    return uuidAs<SubjectId>(value, 'id');
  }
}

/** Another id in a path, in lower case. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    return uuidAs<SubjectId>(value, 'id');
  }
}
