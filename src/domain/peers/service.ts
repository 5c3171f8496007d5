/** A protocol with ports, in the kernel's words. */
export type PortProtocol = 'tcp' | 'udp' | 'sctp';

export interface ServicePort {
  /** Empty where the Service has one port without a name. */
  readonly name: string;
  readonly port: number;
  readonly protocol: PortProtocol;
}

/** The part of a Service that peers and targets are found by. */
export interface Service {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly resourceVersion: string;
  };
  /** Its ClusterIPs, external IPs and IPs of load balancers: where it answers at its own ports. A headless one has none. */
  readonly addresses: readonly string[];
  readonly ports: readonly ServicePort[];
  /** Labels of its pods; without it, its EndpointSlices are written by somebody else. */
  readonly selector?: Readonly<Record<string, string>>;
  /** The DNS name that it is another name for; such a Service has neither addresses nor endpoints. */
  readonly externalName?: string;
}
