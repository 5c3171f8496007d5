import { defineConfig } from 'vitest/config';

/**
 * The end-to-end suites, on a lab cluster that is up and has Squall installed, from inside the lab's
 * network namespace. Three groups, one after another:
 * - shared: side by side, each in a namespace of its own;
 * - quiet: alone, because times are measured;
 * - disturbing: alone, because the node or the installed controller is disturbed.
 *
 * The set-up belongs to the whole, not to the groups: it runs once.
 */
const group = (name: string, order: number, workers: number) => ({
  root: import.meta.dirname,
  test: {
    name,
    include: [`suites/${name}/**/*.e2e.ts`],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: workers,
    // An emulated node starts a pod in seconds, and many at once in none: they hinder each other.
    maxConcurrency: 2,
    sequence: { groupOrder: order },
  },
});

export default defineConfig({
  root: import.meta.dirname,
  test: {
    globalSetup: ['support/setup.ts'],
    projects: [group('shared', 0, 2), group('quiet', 1, 1), group('disturbing', 2, 1)],
  },
});
