import { defineConfig } from 'vitest/config';

/** The unit and property tests: no cluster, no root, under 30 s. The end-to-end suites have a configuration of their own in e2e. */
export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'scripts/**/*.test.ts',
      'e2e/support/**/*.test.ts',
      'config/**/*.test.ts',
      'webhook/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    globals: false,
    // No test changes what is global to its process: starting one for each file would take longer than the tests.
    isolate: false,
  },
});
