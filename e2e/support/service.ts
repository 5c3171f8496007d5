import { awaitCondition } from './await-condition.ts';
import type { KubernetesObject } from './cluster.ts';
import type { Suite } from './suite.ts';
import { attempt, type Endpoint } from './traffic.ts';

/** The ports of a Service of ours: other numbers than the pods', so that a rule for one does not match the other. */
export const SERVICE_PORTS = { udp: 700, tcp: 701, second: 702 } as const;

type PortName = keyof typeof SERVICE_PORTS;

const ports: readonly ServicePort[] = [
  { name: 'udp', port: SERVICE_PORTS.udp, targetPort: 7000, protocol: 'UDP' },
  { name: 'tcp', port: SERVICE_PORTS.tcp, targetPort: 7001, protocol: 'TCP' },
  { name: 'second', port: SERVICE_PORTS.second, targetPort: 7002, protocol: 'UDP' },
];

interface ServicePort {
  readonly name: PortName;
  readonly port: number;
  readonly targetPort: number;
  readonly protocol: 'UDP' | 'TCP';
}

/** All of them, or one. */
const chosen = (only: PortName | undefined) =>
  ports.filter(({ name }) => only === undefined || name === only);

export interface Service extends KubernetesObject {
  readonly spec: { readonly clusterIPs: readonly string[] };
}

/** What a Service is reached by. */
export interface ServiceAddresses {
  readonly ip: string;
  /** Absent in a Service of one family. */
  readonly ip6?: string;
}

export interface ServiceParts {
  /** Without one, its endpoints are written by hand. */
  readonly app?: string;
  readonly headless?: boolean;
  /** The only port; default all. */
  readonly only?: PortName;
}

/** Creates a Service for the traffic program's ports; a headless one has no addresses of its own. */
export async function newService(
  { cluster, namespace }: Suite,
  name: string,
  { app, headless = false, only }: ServiceParts,
): Promise<ServiceAddresses> {
  const created = await cluster.create<Service>('Service', namespace, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: {
      // A hand-written endpoint is of one family.
      ipFamilyPolicy: app === undefined ? 'SingleStack' : 'PreferDualStack',
      ...(app !== undefined && { selector: { app } }),
      ...(headless && { clusterIP: 'None' }),
      ports: chosen(only),
    },
  });
  const { clusterIPs } = created.spec;
  const ip6 = clusterIPs.find((ip) => ip.includes(':'));
  return {
    ip: clusterIPs.find((ip) => ip.includes('.')) ?? '',
    ...(ip6 !== undefined && { ip6 }),
  };
}

/** An EndpointSlice of a Service, written by hand: IPv4 addresses, at most 1,000. */
export function aSlice(
  service: string,
  addresses: readonly string[],
  { name = service, only }: { name?: string; only?: PortName } = {},
) {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      labels: {
        'kubernetes.io/service-name': service,
        'endpointslice.kubernetes.io/managed-by': 'squall-e2e',
      },
    },
    addressType: 'IPv4',
    endpoints: addresses.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
    ports: chosen(only).map(({ name: port, targetPort, protocol }) => ({
      name: port,
      port: targetPort,
      protocol,
    })),
  };
}

/** Waits until a TCP connection can be opened: the node's proxy takes its time to learn of a Service. */
export async function awaitAnswer(suite: Suite, from: Endpoint, target: string): Promise<void> {
  const opened = async () => (await attempt(from, target, { n: 1, timeoutMs: 1_000 })).failed === 0;
  await awaitCondition(`${target} answers ${from.name}`, opened, {
    withinMs: 60_000,
    everyMs: 300,
    describe: () => suite.describe(),
  });
}
