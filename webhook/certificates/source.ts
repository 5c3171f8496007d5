/** A certificate and its private key. */
export interface KeyPair {
  /** PEM: the server's certificate first, then those of intermediate authorities. */
  readonly cert: string;
  /** PEM, without a passphrase. */
  readonly key: string;
}

/** A serving certificate with its key and the CA that signed it. */
export interface TrustedPair extends KeyPair {
  readonly ca: string;
}

/**
 * Where the webhook's certificate comes from. Each source calls `onServe` with the first usable pair and with each
 * other one after it; a pair that was given stays in use until the next.
 */
export interface CertificateSource {
  /** Does nothing when it is started already. */
  start(): void;
  /** Resolves when nothing of it runs any more. It cannot be started again. */
  stop(): Promise<void>;
  /** Callers that trust what they are told to trust can connect; once true, it stays so. */
  readonly ready: boolean;
}
