import { vi } from 'vitest';

// The limits are for a machine that is busy with other things; on an idle one all of this takes milliseconds.
vi.setConfig({ testTimeout: 30_000 });

/** Resolves as soon as `check` does not throw; rejects with what it throws after 10 s. */
export function soon(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { interval: 1, timeout: 10_000 });
}
