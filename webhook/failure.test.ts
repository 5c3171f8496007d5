import { describe, expect, it } from 'vitest';
import { failureBody, failureTable, ReviewFailure } from './failure.ts';

describe('ReviewFailure', () => {
  it.each(failureTable)('has the status of $reason', ({ reason, status }) => {
    expect(new ReviewFailure(reason, 'why').status).toBe(status);
  });

  it('becomes a Status, of which the API server shows the message', () => {
    expect(JSON.parse(failureBody(new ReviewFailure('BadRequest', 'why')))).toEqual({
      apiVersion: 'v1',
      kind: 'Status',
      status: 'Failure',
      code: 400,
      reason: 'BadRequest',
      message: 'why',
    });
  });
});
