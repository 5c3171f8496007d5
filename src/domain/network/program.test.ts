import { describe, expect, it } from 'vitest';
import { type Direction, program } from './program.ts';

const handle = { id: '1f' };

describe('program', () => {
  it.each<[string, Direction, number, number]>([
    ['egress-loss-20', 'egress', 20, 0],
    ['ingress-loss-20', 'ingress', 20, 0],
    ['both-loss-20', 'both', 20, 0],
    ['both-loss-20-correlation-50', 'both', 20, 50],
    ['both-loss-100', 'both', 100, 0],
  ])(
    '%s: install and undo are the golden text',
    async (name, direction, lossPercentage, correlation) => {
      const { install, undo } = program(handle, direction, { lossPercentage, correlation });
      await expect(`${install.join('\n')}\n`).toMatchFileSnapshot(`testdata/${name}.install`);
      await expect(`${undo.join('\n')}\n`).toMatchFileSnapshot(`testdata/${name}.undo`);
    },
  );

  it('never replaces and never adds a qdisc to a device without a handle', () => {
    const { install } = program(handle, 'both', { lossPercentage: 5, correlation: 0 });
    for (const line of install.filter((text) => text.startsWith('tc qdisc'))) {
      expect(line).toMatch(/^tc qdisc add /);
      if (!line.endsWith(' clsact')) expect(line).toMatch(/ handle 7[ab]1f: /);
    }
  });
});
