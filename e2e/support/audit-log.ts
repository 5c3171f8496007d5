import { open, stat } from 'node:fs/promises';

/** One entry of the API server's audit log (audit.k8s.io/v1, level Metadata), as far as tests look at it. */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: {
    readonly username: string;
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** What the API server has noted from one moment on. */
export class AuditLog {
  readonly #path: string;
  readonly #offset: number;

  private constructor(path: string, offset: number) {
    this.#path = path;
    this.#offset = offset;
  }

  static async fromNowOn(path: string): Promise<AuditLog> {
    return new AuditLog(path, (await stat(path)).size);
  }

  /** The entries until now, in their order. */
  async events(): Promise<AuditEvent[]> {
    const file = await open(this.#path);
    try {
      const length = (await file.stat()).size - this.#offset;
      if (length < 0) throw new Error(`${this.#path} was rotated meanwhile: run the suite again`);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, this.#offset);
      // The last line may still be being written.
      const lines = buffer.toString('utf8', 0, bytesRead).split('\n').slice(0, -1);
      return lines.map((line) => JSON.parse(line) as AuditEvent);
    } finally {
      await file.close();
    }
  }
}

/** Whether the request came from a pod: tests act as the same accounts, with tokens that belong to none. */
export function isFromPod({ user }: AuditEvent): boolean {
  return user.extra?.['authentication.kubernetes.io/pod-name'] !== undefined;
}

/** Answered as asked: 101 is what an exec begins with. */
export function isGranted({ responseStatus: { code = 0 } = {} }: AuditEvent): boolean {
  return code === 101 || (code >= 200 && code <= 299);
}
