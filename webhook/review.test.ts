import { describe, expect, it } from 'vitest';
import { ReviewFailure } from './failure.ts';
import { parseReview } from './review.ts';
import { testReview } from './test-client.ts';

describe('parseReview', () => {
  it('gives what was asked, null fields as absent ones', () => {
    expect(parseReview(testReview())).toEqual({
      uid: 'u-1',
      kind: { group: 'squall.dev', version: 'v1alpha1', kind: 'ChaosExperiment' },
      resource: { group: 'squall.dev', version: 'v1alpha1', resource: 'chaosexperiments' },
      operation: 'CREATE',
      namespace: 'default',
      name: 'loss',
      userInfo: { username: 'ann', groups: ['developers'] },
      object: { spec: { action: 'pod-network-loss' } },
      dryRun: false,
    });
  });

  it('passes objects as they are, whatever they are', () => {
    expect(parseReview(testReview({ object: [1], oldObject: 'x' }))).toMatchObject({
      object: [1],
      oldObject: 'x',
    });
  });

  it('gives all that is known of the user', () => {
    const userInfo = { username: 'ann', uid: '7', groups: ['a', 'b'], extra: { scopes: ['x'] } };
    expect(parseReview(testReview({ userInfo })).userInfo).toEqual(userInfo);
  });

  it.each<[unknown, string]>([
    [null, 'body: is null, must be an AdmissionReview of admission.k8s.io/v1'],
    [[testReview()], 'body: is an array, must be an AdmissionReview'],
    [7, 'body: is 7, must be'],
    [{}, 'kind: is missing, must be AdmissionReview'],
    [{ ...testReview(), kind: 'Pod' }, 'kind: is "Pod", must be AdmissionReview'],
    [
      { ...testReview(), apiVersion: 'admission.k8s.io/v1beta1' },
      'apiVersion: is "admission.k8s.io/v1beta1", must be admission.k8s.io/v1',
    ],
    [{ ...testReview(), request: undefined }, 'request: is missing, must be an object'],
    [testReview({ uid: undefined }), 'request.uid: is missing, must be a string'],
    [testReview({ uid: '' }), 'request.uid: is "", must be a string of 1 to 128 characters'],
    [testReview({ uid: 'u'.repeat(129) }), 'must be a string of 1 to 128 characters'],
    [testReview({ kind: 'X' }), 'request.kind: is "X", must be an object'],
    [testReview({ kind: { group: '' } }), 'request.kind.version: is missing, must be a string'],
    [testReview({ resource: { group: 1 } }), 'request.resource.group: is 1, must be a string'],
    [
      testReview({ operation: 'PATCH' }),
      'request.operation: is "PATCH", must be CREATE, UPDATE, DELETE, CONNECT',
    ],
    [testReview({ name: {} }), 'request.name: is an object, must be a string'],
    [testReview({ dryRun: 'no' }), 'request.dryRun: is "no", must be true or false'],
    [testReview({ userInfo: null }), 'request.userInfo: is null, must be an object'],
    [testReview({ userInfo: { username: '' } }), 'request.userInfo.username: is "", must be'],
    [
      testReview({ userInfo: { username: 'a', groups: ['b', null] } }),
      'request.userInfo.groups[1]: is null, must be a string',
    ],
    [
      testReview({ userInfo: { username: 'a', groups: 'b' } }),
      'request.userInfo.groups: is "b", must be an array of strings',
    ],
    [
      testReview({ userInfo: { username: 'a', extra: { k: ['v'], l: [0] } } }),
      'request.userInfo.extra["l"][0]: is 0, must be a string',
    ],
  ])('refuses a review with a reason (%#)', (value, message) => {
    expect(() => parseReview(value)).toThrow(ReviewFailure);
    expect(() => parseReview(value)).toThrow(message);
  });

  it('quotes no more than the beginning of what is wrong', () => {
    const overlong = { ...testReview(), kind: 'K'.repeat(1_000_000) };
    expect(() => parseReview(overlong)).toThrow(/^kind: is "K{61}…", must be AdmissionReview$/);
  });
});
