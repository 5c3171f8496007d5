import type { PortProtocol } from './service.ts';

export interface Endpoint {
  readonly addresses: readonly string[];
  /** Gets new connections; one of which that is not known counts as ready. */
  readonly ready: boolean;
  /** The pod behind it, in the namespace of the slice. */
  readonly pod?: string;
}

export interface EndpointPort {
  /** That of the Service's port. */
  readonly name: string;
  readonly protocol: PortProtocol;
  /** As pods have it, named target ports resolved; without it, all ports. */
  readonly port?: number;
}

/** A part of a Service's endpoints: those that have the same ports. */
export interface EndpointSlice {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly resourceVersion: string;
  };
  /** The Service's name. */
  readonly service: string;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly EndpointPort[];
}
