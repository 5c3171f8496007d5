import { defineConfig } from 'vitest/config';

/** The unit and property tests: no cluster, no root, under 30 s. The end-to-end suites have a configuration of their own in e2e. */
export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'scripts/**/*.test.ts',
      'e2e/support/**/*.test.ts',
      'config/**/*.test.ts',
    ],
    globals: false,
  },
});
