import { describe, expect, it } from 'vitest';
import { drawHandle, ifbName } from './handle.ts';

const uid = '0b8fd1c4-8f7e-4b8a-9a55-0d5d2b1c3f10';

describe('drawHandle', () => {
  it('is the same whenever it is drawn again', () => {
    expect(drawHandle(uid, 1, new Set())).toEqual(drawHandle(uid, 1, new Set()));
    expect(drawHandle(uid, 1, new Set()).id).toMatch(/^[0-9a-f]{2}$/);
  });

  it('draws another one for another attempt, so that a late end cannot hit it', () => {
    expect(drawHandle(uid, 1, new Set())).not.toEqual(drawHandle(uid, 2, new Set()));
  });

  it('passes over those that other runs use', () => {
    const first = drawHandle(uid, 1, new Set()).id;
    const second = drawHandle(uid, 1, new Set([first])).id;
    expect(Number.parseInt(second, 16)).toBe((Number.parseInt(first, 16) + 1) % 256);
  });

  it("makes a device name within the kernel's 15 characters", () => {
    expect(ifbName(drawHandle(uid, 1, new Set())).length).toBeLessThanOrEqual(15);
  });
});
