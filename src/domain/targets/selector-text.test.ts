import { describe, expect, it } from 'vitest';
import { matchesSelector } from './selector.ts';
import { parseSelector } from './selector-text.ts';

describe('parseSelector', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['squall.dev/shard=a', { 'squall.dev/shard': 'a' }, true],
    ['squall.dev/shard=a', {}, false],
    ['squall.dev/shard==a', { 'squall.dev/shard': 'a' }, true],
    ['shard!=a', { shard: 'b' }, true],
    ['shard!=a', {}, true],
    ['shard', { shard: '' }, true],
    ['!squall.dev/shard', {}, true],
    ['!squall.dev/shard', { 'squall.dev/shard': 'a' }, false],
    ['app=web, !shard', { app: 'web' }, true],
    ['app=web, !shard', { app: 'web', shard: 'x' }, false],
  ])('%s on %j is %s', (text, labels, matches) => {
    const selector = parseSelector(text);
    expect(selector && matchesSelector(selector, labels)).toBe(matches);
  });

  it.each(['', ',', 'a=b,', 'a in (b)', '=a', '!', 'a=b=c'])('refuses %j', (text) => {
    expect(parseSelector(text)).toBeUndefined();
  });
});
