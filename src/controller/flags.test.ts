import { describe, expect, it } from 'vitest';
import { parseFlags, USAGE } from './flags.ts';

describe('parseFlags', () => {
  it('has a default for all but the image', () => {
    expect(parseFlags(['--injector-image', 'x:1'])).toEqual({
      kubeconfig: undefined,
      injectorImage: 'x:1',
      selector: undefined,
      scope: undefined,
      metricsPort: 8080,
      healthPort: 8081,
      workers: 8,
    });
  });

  it('takes one namespace with a file of policies', () => {
    const args = ['--injector-image=x', '--namespace=shop', '--policy-file=/policy/policy.yaml'];
    expect(parseFlags(args).scope).toEqual({
      namespace: 'shop',
      policyFile: '/policy/policy.yaml',
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
    [['--injector-image=x', '--namespace=shop'], '--namespace takes --policy-file too'],
    [['--injector-image=x', '--policy-file=p.yaml'], '--policy-file takes --namespace too'],
    [['--injector-image=x', '--namespace=shop', '--policy-file='], 'takes --policy-file too'],
    [
      ['--injector-image=x', '--namespace=Shop', '--policy-file=p.yaml'],
      '--namespace "Shop": takes a name',
    ],
  ])('refuses %j', (args, message) => {
    expect(() => parseFlags(args)).toThrow(message);
  });

  it('explains every flag that it takes', () => {
    for (const flag of [
      'injector-image',
      'kubeconfig',
      'watch-label-selector',
      'namespace',
      'policy-file',
      'metrics-port',
      'health-port',
      'workers',
    ]) {
      expect(USAGE).toContain(`--${flag}`);
    }
  });
});
