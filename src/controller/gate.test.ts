import { describe, expect, it } from 'vitest';
import { Gate } from './gate.ts';

describe('Gate', () => {
  it('lets no more through than its width, in order, also after failures', async () => {
    const gate = new Gate(2);
    const order: number[] = [];
    let inside = 0;
    let most = 0;
    const calls = Array.from({ length: 7 }, (_, i) =>
      gate.pass(async () => {
        inside += 1;
        most = Math.max(most, inside);
        order.push(i);
        await Promise.resolve();
        inside -= 1;
        if (i % 3 === 0) throw new Error(`call ${i}`);
        return i;
      }),
    );
    const outcomes = await Promise.allSettled(calls);
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
  });
});
