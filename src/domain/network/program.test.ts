import { describe, expect, it } from 'vitest';
import { type ImpairmentSpec, impairments, lossAlone } from './impairment.ts';
import { netemArguments } from './netem.ts';
import { type Program, program, type ProgramInput } from './program.ts';

const handle = { id: '1f' };

type Case = Partial<Omit<ProgramInput, 'netem'>> & Partial<ImpairmentSpec>;

function programOf({ direction = 'both', onlyPeers = false, stepsAtMs = [], ...spec }: Case) {
  const netem = impairments({ action: 'pod-network-loss', ...spec });
  const words = netem.map((one) => netemArguments(one).join(' '));
  const alone = lossAlone({ action: 'pod-network-loss', ...spec });
  return program({ handle, direction, onlyPeers, stepsAtMs, netem: words, lossAlone: alone });
}

const flapping: Case = {
  action: 'pod-network-delay',
  lossPercentage: 1,
  latency: '20ms',
  profile: [
    { at: '2s', latency: '200ms' },
    { at: '4s', latency: '0ms', lossPercentage: 0 },
  ],
  stepsAtMs: [2_000, 4_000],
};

const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;

describe('program', () => {
  it.each<[string, Case]>([
    ['egress-loss-20', { direction: 'egress', lossPercentage: 20 }],
    ['ingress-loss-20', { direction: 'ingress', lossPercentage: 20 }],
    ['both-loss-20', { lossPercentage: 20 }],
    ['both-loss-20-correlation-50', { lossPercentage: 20, correlation: 50 }],
    ['both-loss-100', { lossPercentage: 100 }],
    ['both-loss-100-peers', { lossPercentage: 100, onlyPeers: true }],
    ['egress-loss-20-peers', { direction: 'egress', lossPercentage: 20, onlyPeers: true }],
    ['both-partition', { action: 'pod-network-partition' }],
    ['both-loss-10-burst-5', { lossPercentage: 10, lossBurst: 5 }],
    ['egress-delay-100ms', { action: 'pod-network-delay', direction: 'egress', latency: '100ms' }],
    [
      'egress-delay-50ms-jitter-10ms-normal',
      {
        action: 'pod-network-delay',
        direction: 'egress',
        latency: '50ms',
        jitter: '10ms',
        distribution: 'normal',
      },
    ],
    ['egress-rate-1mbit', { action: 'pod-network-bandwidth', direction: 'egress', rate: '1mbit' }],
    [
      'both-everything',
      {
        action: 'pod-network-delay',
        latency: '50ms',
        jitter: '0.5ms',
        lossPercentage: 5,
        corruptPercentage: 1,
        duplicatePercentage: 2,
        reorderPercentage: 25,
        rate: '10mbit',
      },
    ],
    ['both-profile', flapping],
  ])('%s: install, steps and undo are the golden text', async (name, input) => {
    const { install, steps, undo, fallback } = programOf(input);
    await expect(text(install)).toMatchFileSnapshot(`testdata/${name}.install`);
    await expect(text(undo)).toMatchFileSnapshot(`testdata/${name}.undo`);
    if (steps.length > 0) await expect(text(steps)).toMatchFileSnapshot(`testdata/${name}.steps`);
    if (fallback !== undefined)
      await expect(text(fallback)).toMatchFileSnapshot(`testdata/${name}.fallback`);
  });

  it('never replaces and never adds a qdisc to a device without a handle', () => {
    const { install }: Program = programOf(flapping);
    for (const line of install.filter((one) => one.startsWith('tc qdisc'))) {
      expect(line).toMatch(/^tc qdisc add /);
      if (!line.endsWith(' clsact')) expect(line).toMatch(/ handle (7[abc]|6[1-9a-e])1f: /);
    }
  });

  it('hits nobody by itself where the agent adds the peers', () => {
    const { install } = programOf({ lossPercentage: 100, onlyPeers: true });
    expect(install.filter((line) => line.includes('classid 7a1f:2'))).toEqual([]);
  });
});
