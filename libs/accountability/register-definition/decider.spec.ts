import { describe, expect, it } from '@jest/globals';
import { Value } from 'typebox/value';

import { readRegister, RegisterDefined, registerDecider } from '../index.js';
import type { DefineRegister, RegisterDefinition } from '../index.js';
import { given, recorded } from '../testing.js';

const { contactPerson, definition } = readRegister();
const define = (of: RegisterDefinition): DefineRegister => ({
  do: 'define-register',
  definition: of,
});
const changed: RegisterDefinition = {
  ...definition,
  financialYearEnd: definition.financialYearEnd,
};
changed.controller = { ...definition.controller, country: 'SE' };

describe('defining the register', () => {
  it('for the first time gives version 1', () => {
    expect(given(registerDecider).when(define(definition))).toEqual([
      { type: 'RegisterDefined', data: { version: 1, definition } },
    ]);
  });

  it('with the same content again gives no event, whatever the order of its fields', () => {
    const reordered = Object.fromEntries(Object.entries(definition).reverse());
    expect(Object.keys(reordered)).not.toEqual(Object.keys(definition));
    const { when } = given(registerDecider, define(definition));
    expect(when(define({ ...definition, ...reordered }))).toEqual([]);
    expect(when(define(structuredClone(definition)))).toEqual([]);
  });

  it('with other content gives the next version, also when it goes back', () => {
    const { when } = given(registerDecider, define(definition), define(changed));
    expect(when(define(changed))).toEqual([]);
    expect(when(define(definition))).toEqual([
      { type: 'RegisterDefined', data: { version: 3, definition } },
    ]);
  });

  it('folds to the newest definition, whatever else stands in the stream', () => {
    const other = recorded({ type: 'NoticePublished', data: { version: 7 } });
    const { state } = given(registerDecider, other, define(definition), other, define(changed));
    expect(state).toEqual({ version: 2, definition: changed });
  });

  it('yields data that its schema in the catalogue takes, and that name no person', () => {
    const [event] = [given(registerDecider).when(define(definition))].flat();
    const data: unknown = event !== undefined && 'data' in event ? event.data : undefined;
    expect(Value.Check(RegisterDefined.data, data)).toBe(true);
    const text = JSON.stringify(data).toLowerCase();
    const words = [...contactPerson.name.split(' '), contactPerson.email];
    expect(words.filter((word) => text.includes(word.toLowerCase()))).toEqual([]);
  });
});
