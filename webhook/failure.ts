/**
 * Every way in which the webhook fails to answer a review, with its HTTP status; names are those of metav1.StatusReason.
 * With failurePolicy Fail each of them refuses the write: what cannot be judged is not let through.
 */
export const failureTable = [
  { reason: 'BadRequest', status: 400, meaning: 'The body is not a review that can be read.' },
  { reason: 'NotFound', status: 404, meaning: 'Another path or method than POST /validate.' },
  { reason: 'RequestEntityTooLarge', status: 413, meaning: 'The body is above the limit.' },
  { reason: 'UnsupportedMediaType', status: 415, meaning: 'The body is not declared as JSON.' },
  { reason: 'InternalError', status: 500, meaning: 'The review could not be judged.' },
  { reason: 'Timeout', status: 500, meaning: 'The review was not judged in time.' },
] as const;

/** Closed list of reasons. */
export type FailureReason = (typeof failureTable)[number]['reason'];

/** The only error that becomes an answer; its message is for the one who sent the request. */
export class ReviewFailure extends Error {
  override readonly name = 'ReviewFailure';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }

  /** HTTP status. */
  get status(): number {
    return failureTable.find(({ reason }) => reason === this.reason)?.status ?? 500;
  }
}

/**
 * The body of a failed answer: a metav1.Status, since the API server then shows its message to the user (`failed calling
 * webhook ...: <message>`) instead of "an error on the server".
 */
export function failureBody({ status, reason, message }: ReviewFailure): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Status',
    status: 'Failure',
    code: status,
    reason,
    message,
  });
}
