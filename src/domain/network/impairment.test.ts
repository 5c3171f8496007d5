import { describe, expect, it } from 'vitest';
import { asked, faultWords, type ImpairmentSpec, lossAlone } from './impairment.ts';

describe('asked', () => {
  it.each<[Partial<ImpairmentSpec>, string]>([
    [{ lossPercentage: 20 }, '20%'],
    [{}, '5%'],
    [{ action: 'pod-network-partition' }, 'partition'],
    [{ lossPercentage: 1, profile: [{ at: '1s', lossPercentage: 40 }] }, '1% loss, in steps'],
    [{ action: 'pod-network-delay', latency: '100ms' }, '100ms latency'],
    [{ action: 'pod-network-delay', latency: '0.5ms', jitter: '50us' }, '0.5ms±50us latency'],
    [{ action: 'pod-network-bandwidth', rate: '500kbit' }, '500kbit'],
    [
      { action: 'pod-network-delay', latency: '1s', lossPercentage: 2.5, duplicatePercentage: 1 },
      '1s latency, 1% duplicate, 2.5% loss',
    ],
  ])('of %j is %s', (spec, text) => {
    expect(asked({ action: 'pod-network-loss', ...spec })).toBe(text);
  });
});

describe('lossAlone', () => {
  it.each<[string, Partial<ImpairmentSpec>, number | undefined]>([
    ['a plain loss', { lossPercentage: 20 }, 20],
    ['a partition', { action: 'pod-network-partition' }, 100],
    ['a loss of everything in bursts', { lossPercentage: 100, lossBurst: 3 }, 100],
    ['a loss in bursts', { lossPercentage: 20, correlation: 50 }, undefined],
    ['a loss with a latency', { lossPercentage: 20, latency: '1ms' }, undefined],
    [
      'a loss that changes',
      { lossPercentage: 20, profile: [{ at: '1s', lossPercentage: 5 }] },
      undefined,
    ],
    ['no loss', { action: 'pod-network-delay', latency: '1ms' }, undefined],
  ])('of %s', (_name, spec, expected) => {
    expect(lossAlone({ action: 'pod-network-loss', ...spec })).toBe(expected);
  });
});

describe('faultWords', () => {
  it.each([
    ['20%', 'both', '20% loss'],
    ['20%', 'egress', '20% loss on egress'],
    ['100ms latency', 'ingress', '100ms latency on ingress'],
  ] as const)('of %s %s is %s', (what, direction, text) => {
    expect(faultWords(what, direction)).toBe(text);
  });
});
