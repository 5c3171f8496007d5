import { describe, expect, it } from 'vitest';
import { errorOfAnswer, errorOfStatusObject, errorOfTransport, kubeErrorTable } from './errors.ts';

const statusRows: [number, string, string][] = [
  [400, 'BadRequest', 'BadRequest'],
  [401, 'Unauthorized', 'Unauthorized'],
  [403, 'Forbidden', 'Forbidden'],
  [404, 'NotFound', 'NotFound'],
  [405, 'MethodNotAllowed', 'BadRequest'],
  [406, 'NotAcceptable', 'BadRequest'],
  [408, '', 'Timeout'],
  [409, 'AlreadyExists', 'AlreadyExists'],
  [409, 'Conflict', 'Conflict'],
  [410, 'Expired', 'Gone'],
  [410, 'Gone', 'Gone'],
  [413, 'RequestEntityTooLarge', 'BadRequest'],
  [415, 'UnsupportedMediaType', 'BadRequest'],
  [422, 'Invalid', 'Invalid'],
  [429, 'TooManyRequests', 'TooManyRequests'],
  [500, 'InternalError', 'Unavailable'],
  [502, '', 'Unavailable'],
  [503, 'ServiceUnavailable', 'Unavailable'],
  [504, 'Timeout', 'Timeout'],
  [302, '', 'Protocol'],
];

describe('the error of an answer', () => {
  it.each(statusRows)('%d %s is %s', (status, reason, code) => {
    const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason, message: 'because' });
    const error = errorOfAnswer({ status, body, write: true });
    expect(error).toMatchObject({ code, status, message: 'because', retryAfterMs: undefined });
    expect(error.uncertain).toBe(status >= 500 || status === 408);
    expect(errorOfAnswer({ status, body, write: false }).uncertain).toBe(false);
  });

  it('takes Retry-After from the header, else from the body', () => {
    const body = JSON.stringify({ details: { retryAfterSeconds: 5 } });
    const answer = { status: 429, body, write: true };
    expect(errorOfAnswer(answer).retryAfterMs).toBe(5000);
    expect(errorOfAnswer({ ...answer, retryAfter: '2' }).retryAfterMs).toBe(2000);
    expect(
      errorOfAnswer({ ...answer, retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' }).retryAfterMs,
    ).toBeUndefined();
  });

  it('keeps the beginning of a body that is no Status', () => {
    const error = errorOfAnswer({ status: 502, body: 'x'.repeat(10_000), write: false });
    expect(error.message).toHaveLength(512);
    expect(errorOfAnswer({ status: 502, body: '', write: false }).message).toBe('HTTP 502');
  });
});

describe('the error of a Status in a stream', () => {
  it('has the code of its number', () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
    expect(errorOfStatusObject(status)).toMatchObject({ code: 'Gone', status: 410 });
  });

  it('is Protocol when there is no Status', () => {
    expect(errorOfStatusObject(undefined)).toMatchObject({ code: 'Protocol' });
  });
});

describe('the error of an exchange without an answer', () => {
  const rows: [string, object, string, boolean][] = [
    ['nobody listens', { code: 'ECONNREFUSED', syscall: 'connect' }, 'Unreachable', false],
    ['a name is not known', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'Unreachable', false],
    ['connecting takes too long', { code: 'UND_ERR_CONNECT_TIMEOUT' }, 'Unreachable', false],
    ['a connection is reset', { code: 'ECONNRESET', syscall: 'read' }, 'Unreachable', true],
    ['the other side closed', { code: 'UND_ERR_SOCKET' }, 'Unreachable', true],
    ['it is not HTTP', { code: 'HPE_INVALID_CONSTANT' }, 'Protocol', true],
    ['the answer is too large', { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' }, 'Protocol', true],
    ['the client is closed', { code: 'UND_ERR_DESTROYED' }, 'Aborted', true],
  ];
  it.each(rows)('when %s', (_, fields, code, uncertain) => {
    const error = Object.assign(new Error('it failed'), fields);
    expect(errorOfTransport(error, true)).toMatchObject({ code, uncertain, cause: error });
    expect(errorOfTransport(error, false)).toMatchObject({ code, uncertain: false });
  });

  it('when each address of a name refused: as the first did', () => {
    const one = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' });
    const error = errorOfTransport(new AggregateError([one, one]), true);
    expect(error).toMatchObject({ code: 'Unreachable', message: 'refused', uncertain: false });
  });
});

it('has a meaning for each code, once', () => {
  const codes = kubeErrorTable.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  for (const { meaning } of kubeErrorTable) expect(meaning).toMatch(/^[A-Z].*\.$/);
});
