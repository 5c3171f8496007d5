import type { Registry } from 'prom-client';

export interface TelemetryServerOptions {
  readonly registry: Registry;
  /** 0 = any free port. */
  readonly metricsPort: number;
  readonly healthPort: number;
  /** What is not ready yet, or undefined when all is. */
  readonly notReady: () => string | undefined;
}

export interface TelemetryServer {
  readonly metricsPort: number;
  readonly healthPort: number;
  close(): Promise<void>;
}

/** /metrics on one port, /healthz and /readyz on the other. Rejects when a port is taken. */
export declare function serveTelemetry(options: TelemetryServerOptions): Promise<TelemetryServer>;
