import { describe, expect, it } from 'vitest';
import { parseFlags, USAGE } from './flags.ts';

describe('parseFlags', () => {
  it('has a default for everything', () => {
    expect(parseFlags([])).toEqual({
      kubeconfig: undefined,
      port: 9443,
      metricsPort: 8080,
      healthPort: 8081,
      certificateDirectory: undefined,
      certificateLifetimeMs: 90 * 24 * 60 * 60_000,
    });
  });

  it.each([
    [['--port=70000'], '--port 70000: takes a whole number from 0 to 65535'],
    [['--certificate-lifetime=9m'], '--certificate-lifetime 9m: takes a time from 10m to 8760h'],
    [['--certificate-lifetime=x'], '--certificate-lifetime x'],
    [['--nonsense'], '--nonsense'],
  ])('refuses %j', (args, message) => {
    expect(() => parseFlags(args)).toThrow(message);
  });

  it('explains every flag that it takes', () => {
    for (const flag of [
      'port',
      'metrics-port',
      'health-port',
      'certificate-directory',
      'certificate-lifetime',
      'kubeconfig',
    ]) {
      expect(USAGE).toContain(`--${flag} `);
    }
  });
});
