import { describe, expect, it } from 'vitest';
import { hasLabel, parseRequiredLabel } from './label.ts';

describe('hasLabel', () => {
  it.each<[string, string, Record<string, string>, boolean]>([
    ['a key that is there, with whatever value', 'chaos', { chaos: '' }, true],
    ['a key that is not there', 'chaos', { app: 'web' }, false],
    ['a key with the value', 'chaos=yes', { chaos: 'yes' }, true],
    ['a key with another value', 'chaos=yes', { chaos: 'no' }, false],
    ['a value that holds an equals sign', 'chaos=a=b', { chaos: 'a=b' }, true],
    ['an empty value of a key that is not there', 'chaos=', {}, false],
    ['a key that every object inherits', 'constructor', { app: 'web' }, false],
    ['a function that every object inherits', 'toString', {}, false],
    ['a label with such a name', 'toString', { toString: 'yes' } as never, true],
  ])('%s', (_name, text, labels, has) => {
    expect(hasLabel(parseRequiredLabel(text), labels)).toBe(has);
  });
});
