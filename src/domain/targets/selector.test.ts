import { describe, expect, it } from 'vitest';
import { type LabelSelector, matchesSelector } from './selector.ts';

const labels = { app: 'web', tier: 'front' };

describe('matchesSelector', () => {
  it.each<[string, LabelSelector, boolean]>([
    ['an equal label', { matchLabels: { app: 'web' } }, true],
    ['two labels of which one differs', { matchLabels: { app: 'web', tier: 'back' } }, false],
    ['an absent label', { matchLabels: { zone: 'a' } }, false],
    [
      'In with the value',
      { matchExpressions: [{ key: 'app', operator: 'In', values: ['api', 'web'] }] },
      true,
    ],
    [
      'In without the value',
      { matchExpressions: [{ key: 'app', operator: 'In', values: ['api'] }] },
      false,
    ],
    [
      'In on an absent key',
      { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] },
      false,
    ],
    [
      'NotIn with the value',
      { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
      false,
    ],
    [
      'NotIn on an absent key',
      { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] },
      true,
    ],
    ['Exists', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    ['Exists on an absent key', { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, false],
    ['DoesNotExist', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [
      'DoesNotExist on an absent key',
      { matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] },
      true,
    ],
    [
      'labels and expressions of which one fails',
      {
        matchLabels: { app: 'web' },
        matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }],
      },
      false,
    ],
  ])('%s', (_name, selector, matches) => {
    expect(matchesSelector(selector, labels)).toBe(matches);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'the key %s, which every object inherits, is as absent as any other',
    (key) => {
      const matches = (operator: 'Exists' | 'DoesNotExist') =>
        matchesSelector({ matchExpressions: [{ key, operator }] }, labels);
      expect({ exists: matches('Exists'), doesNotExist: matches('DoesNotExist') }).toEqual({
        exists: false,
        doesNotExist: true,
      });
    },
  );

  it('a label named constructor is one like any other', () => {
    const own = { constructor: 'yes' };
    expect(matchesSelector({ matchLabels: own }, own)).toBe(true);
    expect(
      matchesSelector({ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, own),
    ).toBe(true);
  });
});
