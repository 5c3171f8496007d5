export declare const kubeErrorTable: readonly { code: KubeErrorCode; meaning: string }[];

/** Closed list; match on these, never on a message. */
export type KubeErrorCode =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'TooManyRequests'
  | 'Timeout'
  | 'Unavailable'
  | 'Unreachable'
  | 'Protocol'
  | 'Aborted';

export declare class KubeError extends Error {
  readonly code: KubeErrorCode;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** How long the server asked to wait. */
  readonly retryAfterMs?: number;
  /** A write failed and may have been carried out nevertheless: read before trying again. */
  readonly uncertain: boolean;
}
