import { expect, it } from 'vitest';
import { nodeLines } from './node.ts';

it('leaves the addresses of the node alone, each family in a line of its own', () => {
  expect(nodeLines(true, { hostIps: ['10.0.2.15', 'fd00::2'] })).toEqual([
    'pass ip any - - 10.0.2.15',
    'pass ipv6 any - - fd00::2',
  ]);
});

it('says nothing of a family that the node does not have', () => {
  expect(nodeLines(true, { hostIps: ['10.0.2.15'] })).toEqual(['pass ip any - - 10.0.2.15']);
});

it('says nothing where that was not asked for', () => {
  expect(nodeLines(false, { hostIps: ['10.0.2.15'] })).toEqual([]);
});
