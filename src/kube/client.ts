import type { Clock } from './clock.ts';

export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

export interface RequestOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, e.g. /api/v1/namespaces/x/pods/y; segments already encoded. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default application/json; for PATCH application/merge-patch+json. */
  readonly contentType?: string;
  /** Whole call, retries included; default 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface StreamOptions {
  readonly path: string;
  readonly query?: Query;
  /** Whole stream; default none. */
  readonly timeoutMs?: number;
  /** Longest silence between two chunks; default 30 s. */
  readonly idleMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ClientOptions {
  readonly userAgent?: string;
  readonly clock?: Clock;
  /** Called once for each HTTP exchange; `code` is the HTTP status or '<error>'. */
  readonly onRequest?: (method: string, code: string) => void;
}

export declare class KubeClient {
  /** kubeconfig path if given, else the in-cluster service account, else the default kubeconfig. */
  static connect(
    options?: ClientOptions & { readonly kubeconfig?: string | undefined },
  ): Promise<KubeClient>;
  /** Rejects with KubeError. Retries 429/503 on GET, PUT, PATCH(merge, strategic) and DELETE only when the server refused before acting. */
  request<T>(options: RequestOptions): Promise<T>;
  /** Lines of a GET; throws KubeError. Leaving the loop closes the connection. */
  stream(options: StreamOptions): AsyncIterable<string>;
  close(): Promise<void>;
}
