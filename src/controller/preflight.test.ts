import { describe, expect, it } from 'vitest';
import type { InjectResult } from '../domain/lifecycle/observed.ts';
import { aPod } from '../domain/targets/pod.builder.ts';
import type { InjectorContainer } from '../injector/container.ts';
import { mutation, Preflight } from './preflight.ts';

const sent = {
  name: 'squall-1-1',
  image: 'squall.local/injector:dev',
  imagePullPolicy: 'IfNotPresent',
  env: [
    { name: 'SQUALL_UID', value: 'u' },
    { name: 'SQUALL_UNDO', value: '' },
  ],
  securityContext: { runAsUser: 0 },
  terminationMessagePolicy: 'File',
} as unknown as InjectorContainer;
const served = { ...sent, terminationMessagePath: '/dev/termination-log', resources: {} };
const answer = (container: object) => ({ spec: { ephemeralContainers: [container] } });

describe('mutation', () => {
  it.each<[string, unknown, string | undefined]>([
    ['only defaults were added', answer(served), undefined],
    ['not even defaults were added', answer(sent), undefined],
    [
      'an empty value was left out',
      answer({ ...served, env: [{ name: 'SQUALL_UID', value: 'u' }, { name: 'SQUALL_UNDO' }] }),
      undefined,
    ],
    [
      'the image was rewritten',
      answer({ ...served, image: 'mirror/injector:dev' }),
      'image would become mirror/injector:dev',
    ],
    [
      'a mount was added',
      answer({ ...served, volumeMounts: [{ name: 'x', mountPath: '/x' }] }),
      'volumeMounts would become [{"name":"x","mountPath":"/x"}]',
    ],
    ['a variable was added', answer({ ...served, env: [] }), 'env would become []'],
    [
      'a field was taken out',
      answer({ ...served, securityContext: undefined }),
      'securityContext would become absent',
    ],
    ['the container was taken out', answer({ name: 'other' }), 'the container was taken out'],
    ['the answer is no pod', {}, 'the container was taken out'],
  ])('%s', (_name, pod, says) => {
    expect(mutation(sent, pod)).toBe(says);
  });
});

describe('Preflight', () => {
  const owner = { kind: 'ReplicaSet', name: 'web', uid: 'rs' };
  const accepted: InjectResult = { kind: 'accepted' };

  it('asks once for the pods of one owner, and again for another run', async () => {
    const preflight = new Preflight();
    let asked = 0;
    const question = () => Promise.resolve().then(() => ((asked += 1), accepted));
    await preflight.ask('e/1', aPod({ name: 'a', owner }), question);
    await preflight.ask('e/1', aPod({ name: 'b', owner }), question);
    expect(asked).toBe(1);
    await preflight.ask('e/1', aPod({ name: 'alone' }), question);
    await preflight.ask('e/2', aPod({ name: 'a', owner }), question);
    expect(asked).toBe(3);
    preflight.forget('e');
    await preflight.ask('e/2', aPod({ name: 'a', owner }), question);
    expect(asked).toBe(4);
  });

  it('asks again after a question without an answer', async () => {
    const preflight = new Preflight();
    const pod = aPod({ owner });
    const lost = new Error('connection reset');
    await expect(preflight.ask('e/1', pod, () => Promise.reject(lost))).rejects.toBe(lost);
    await expect(preflight.ask('e/1', pod, () => Promise.resolve(accepted))).resolves.toBe(
      accepted,
    );
  });
});
