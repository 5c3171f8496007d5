import { expect, it } from 'vitest';
import { orphanIn } from './orphan.ts';
import { aContainer, aPod } from './pod.builder.ts';
import type { ContainerState } from './pod.ts';

const running: ContainerState = { kind: 'running', startedAt: '' };
const env = { SQUALL_UID: 'gone', SQUALL_EXPERIMENT: 'shop/old' };
const withAgent = (parts: Partial<Parameters<typeof aContainer>[0]>) =>
  aPod({
    ephemeralContainers: [aContainer({ name: 'squall-1-1', env, state: running, ...parts })],
  });

it.each<[string, ReturnType<typeof aPod>, string | undefined]>([
  ['an agent whose experiment is gone', withAgent({}), 'shop/old'],
  [
    'an agent that does not say for which',
    withAgent({ env: { SQUALL_UID: 'gone' } }),
    'an experiment that is gone',
  ],
  [
    'an agent whose experiment is there',
    withAgent({ env: { ...env, SQUALL_UID: 'there' } }),
    undefined,
  ],
  [
    'an agent that never ran',
    withAgent({ state: { kind: 'waiting', reason: 'ErrImagePull', message: '' } }),
    undefined,
  ],
  ["somebody else's container", withAgent({ name: 'debugger', env: {} }), undefined],
  ['no container', aPod(), undefined],
])('%s', (_name, pod, orphan) => {
  expect(orphanIn(pod, (uid) => uid === 'there')).toBe(orphan);
});
