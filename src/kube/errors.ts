/**
 * Every way in which a call to the API server can fail. Callers match on `code`, never on a message.
 * HTTP statuses are those of k8s.io/apimachinery's metav1.StatusReason.
 */
export const kubeErrorTable = [
  { code: 'BadRequest', meaning: 'HTTP 400, 405, 406, 413 or 415: the request itself is wrong.' },
  { code: 'Unauthorized', meaning: 'HTTP 401: the credentials are not accepted.' },
  { code: 'Forbidden', meaning: 'HTTP 403: the account may not do this, or a policy refused it.' },
  { code: 'NotFound', meaning: 'HTTP 404: the object or its API does not exist.' },
  { code: 'AlreadyExists', meaning: 'HTTP 409 with reason AlreadyExists: the name is taken.' },
  { code: 'Conflict', meaning: 'HTTP 409: the object was changed meanwhile; read it again.' },
  { code: 'Gone', meaning: 'HTTP 410: the resourceVersion or page token is too old; list again.' },
  { code: 'Invalid', meaning: 'HTTP 422: the object is not valid.' },
  { code: 'TooManyRequests', meaning: 'HTTP 429: the server did nothing and asks to come later.' },
  { code: 'Timeout', meaning: 'HTTP 408 or 504, or no answer before the deadline of the call.' },
  { code: 'Unavailable', meaning: 'Any other HTTP 5xx: the server failed or is overloaded.' },
  { code: 'Unreachable', meaning: 'No connection, a connection that broke, or no cluster known.' },
  { code: 'Protocol', meaning: 'An answer that is not what the API promises.' },
  { code: 'Aborted', meaning: 'The caller ended the call by its signal.' },
] as const;

/** Closed list of codes. */
export type KubeErrorCode = (typeof kubeErrorTable)[number]['code'];

export interface KubeErrorOptions {
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly uncertain?: boolean;
  readonly cause?: unknown;
}

/** The only error that this folder throws for a failed call. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: KubeErrorCode;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** A write may have been carried out although it failed: read before trying again. Never set for a GET. */
  readonly uncertain: boolean;

  constructor(code: KubeErrorCode, message: string, options: KubeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.uncertain = options.uncertain ?? false;
  }
}

const codeOfStatus: Readonly<Record<number, KubeErrorCode>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'BadRequest',
  406: 'BadRequest',
  408: 'Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'BadRequest',
  415: 'BadRequest',
  422: 'Invalid',
  429: 'TooManyRequests',
  504: 'Timeout',
};

/** What is kept of an answer that is not a Status object (a proxy's page, for example). */
const maxMessageLength = 512;

export interface FailedAnswer {
  readonly status: number;
  /** Usually a metav1.Status as JSON. */
  readonly body: string;
  /** Seconds; an HTTP date, which the API server never sends, is ignored. */
  readonly retryAfter?: string | undefined;
  /** The request was not a GET. */
  readonly write: boolean;
}

/** The error of an HTTP answer whose status is not 2xx. */
export function errorOfAnswer(answer: FailedAnswer): KubeError {
  return errorOfStatus(parseStatus(answer.body), answer);
}

/** The error of a metav1.Status found inside a stream (a watch's ERROR event). */
export function errorOfStatusObject(object: unknown): KubeError {
  const status = asStatus(object);
  return errorOfStatus(status, {
    status: status.code ?? 0,
    body: status.message ?? '',
    write: false,
  });
}

interface Status {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

function errorOfStatus(body: Status | undefined, answer: FailedAnswer): KubeError {
  const { status, write } = answer;
  const message = body?.message ?? answer.body.slice(0, maxMessageLength);
  const seconds = Number(answer.retryAfter ?? body?.details?.retryAfterSeconds);
  return new KubeError(codeOf(status, body?.reason), message || `HTTP ${status}`, {
    status,
    retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
    uncertain: write && (status >= 500 || status === 408),
  });
}

function codeOf(status: number, reason: string | undefined): KubeErrorCode {
  if (reason === 'AlreadyExists') return 'AlreadyExists';
  return codeOfStatus[status] ?? (status >= 500 ? 'Unavailable' : 'Protocol');
}

function parseStatus(body: string): Status | undefined {
  try {
    return asStatus(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function asStatus(value: unknown): Status {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Failed before anything could have been sent. */
const unsent: ReadonlySet<string> = new Set(['connect', 'getaddrinfo', 'UND_ERR_CONNECT_TIMEOUT']);

/** undici's codes that do not mean a broken connection. HPE_* are its HTTP parser's. */
const codeOfTransport: Readonly<Record<string, KubeErrorCode>> = {
  UND_ERR_INVALID_ARG: 'BadRequest',
  UND_ERR_HEADERS_OVERFLOW: 'Protocol',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'Protocol',
  UND_ERR_CLOSED: 'Aborted',
  UND_ERR_DESTROYED: 'Aborted',
};

/** The error of an exchange that ended without a complete answer. */
export function errorOfTransport(error: unknown, write: boolean): KubeError {
  if (error instanceof KubeError) return error;
  const { code, syscall, message } = asSystemError(error);
  const known = codeOfTransport[code] ?? (code.startsWith('HPE_') ? 'Protocol' : 'Unreachable');
  const uncertain = write && !unsent.has(syscall) && !unsent.has(code);
  return new KubeError(known, message, { uncertain, cause: error });
}

function asSystemError(error: unknown): { code: string; syscall: string; message: string } {
  // One attempt per address family ends as an AggregateError without a message or syscall of its own.
  const one = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const { code = '', syscall = '', message = String(one) } = one as Partial<NodeJS.ErrnoException>;
  return { code, syscall, message };
}
