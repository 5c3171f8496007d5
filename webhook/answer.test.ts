import { describe, expect, it } from 'vitest';
import { answerOf } from './answer.ts';
import { parseReview, type Verdict } from './review.ts';
import { testReview } from './test-client.ts';

const request = parseReview(testReview());
const responseOf = (verdict: Verdict) => answerOf(request, verdict).response;
const cause = (index: number) => ({
  reason: 'FieldValueInvalid',
  field: `spec.podNames[${index}]`,
  message: 'is no name',
});

describe('answerOf', () => {
  it('names its kind and the request that it answers', () => {
    expect(answerOf(request, { allowed: true })).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u-1', allowed: true },
    });
  });

  it('refuses with a Status', () => {
    const causes = [cause(0)];
    const verdict = { allowed: false, code: 422, reason: 'Invalid', message: 'not valid', causes };
    expect(responseOf(verdict)).toEqual({
      uid: 'u-1',
      allowed: false,
      status: {
        status: 'Failure',
        code: 422,
        reason: 'Invalid',
        message: 'not valid',
        details: { group: 'squall.dev', kind: 'ChaosExperiment', name: 'loss', causes },
      },
    });
  });

  it.each<[string, Verdict, number, string]>([
    ['403 Forbidden by default', { allowed: false }, 403, 'Forbidden'],
    ['422 for Invalid', { allowed: false, reason: 'Invalid' }, 422, 'Invalid'],
    ['the code that is given', { allowed: false, code: 429, reason: 'X' }, 429, 'X'],
    ['no code of a success', { allowed: false, code: 200 }, 403, 'Forbidden'],
    ['no code beyond 599', { allowed: false, code: 1000 }, 403, 'Forbidden'],
  ])('refuses with %s', (_, verdict, code, reason) => {
    expect(responseOf(verdict).status).toMatchObject({ code, reason });
  });

  it('always has a message, and details only with causes, since kubectl prints either', () => {
    const { status } = responseOf({ allowed: false, causes: [] });
    expect(status?.message).toBe('refused, without a reason given');
    expect(status).not.toHaveProperty('details');
  });

  it('says nothing of a refusal when it allows', () => {
    const verdict = { allowed: true, code: 403, message: 'x', causes: [cause(0)] };
    expect(responseOf(verdict)).toEqual({ uid: 'u-1', allowed: true });
  });

  it('cuts a message at 8 KiB', () => {
    const message = responseOf({ allowed: false, message: 'm'.repeat(10_000) }).status?.message;
    expect(message).toMatch(/^m+…$/);
    expect(Buffer.byteLength(message ?? '')).toBe(8 * 1024);
  });

  it('gives 100 causes, and the number of the others', () => {
    const causes = Array.from({ length: 130 }, (_, i) => cause(i));
    const given = responseOf({ allowed: false, causes }).status?.details?.causes;
    expect(given?.slice(0, 99)).toEqual(causes.slice(0, 99));
    expect(given?.slice(99)).toEqual([{ ...cause(99), message: 'is no name (and 30 more)' }]);
  });

  it('passes warnings as Kubernetes takes them', () => {
    const warnings = ['one\nline', ''];
    expect(responseOf({ allowed: true, warnings }).warnings).toEqual(['one line']);
    expect(responseOf({ allowed: true, warnings: [''] })).not.toHaveProperty('warnings');
  });

  it('passes audit annotations with simple names, cut at 1 KiB', () => {
    const auditAnnotations = {
      'matched-pods': '12',
      plan: 'p'.repeat(2000),
      'squall.dev/plan': 'the API server puts a prefix before it',
      '-x': '',
      [`k${'k'.repeat(63)}`]: 'too long a key',
      '': '',
    };
    expect(responseOf({ allowed: true, auditAnnotations }).auditAnnotations).toEqual({
      'matched-pods': '12',
      plan: `${'p'.repeat(1021)}…`,
    });
    expect(responseOf({ allowed: true, auditAnnotations: { '': 'x' } })).not.toHaveProperty(
      'auditAnnotations',
    );
  });
});
