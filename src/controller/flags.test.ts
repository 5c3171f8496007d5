import { describe, expect, it } from 'vitest';
import { parseFlags, USAGE } from './flags.ts';

describe('parseFlags', () => {
  it('has a default for all but the image', () => {
    expect(parseFlags(['--injector-image', 'x:1'])).toEqual({
      kubeconfig: undefined,
      injectorImage: 'x:1',
      selector: undefined,
      crossNamespace: false,
      metricsPort: 8080,
      healthPort: 8081,
      workers: 8,
    });
  });

  it.each([
    [[], '--injector-image is missing'],
    [['--injector-image=x', '--workers=0'], '--workers 0: takes a whole number from 1 to 64'],
    [['--injector-image=x', '--metrics-port=80a'], '--metrics-port 80a'],
    [
      ['--injector-image=x', '--watch-label-selector=a in (b)'],
      '--watch-label-selector "a in (b)"',
    ],
    [['--injector-image=x', '--nonsense'], '--nonsense'],
  ])('refuses %j', (args, message) => {
    expect(() => parseFlags(args)).toThrow(message);
  });

  it('explains every flag that it takes', () => {
    for (const flag of [
      'injector-image',
      'kubeconfig',
      'watch-label-selector',
      'allow-cross-namespace',
      'metrics-port',
      'health-port',
      'workers',
    ]) {
      expect(USAGE).toContain(`--${flag}`);
    }
  });
});
