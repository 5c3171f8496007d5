import { expect, it } from 'vitest';
import { projectEndpointSlice } from './project-endpoint-slice.ts';

const metadata = { namespace: 'shop', name: 'db-x7k2p', resourceVersion: '7' };
const labels = { 'kubernetes.io/service-name': 'db', app: 'db' };
const raw = (parts: object) => ({
  metadata: { ...metadata, labels, managedFields: [{}] },
  addressType: 'IPv4',
  ...parts,
});

it.each<[string, object, object]>([
  [
    'addresses, whether they are ready, the pods behind them, and the ports',
    raw({
      endpoints: [
        {
          addresses: ['10.0.0.7'],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'node',
          targetRef: { kind: 'Pod', namespace: 'shop', name: 'db-0', uid: 'u' },
        },
        { addresses: ['10.0.0.8'], conditions: { ready: false, serving: true, terminating: true } },
        { addresses: ['10.0.0.9'], targetRef: { kind: 'VirtualMachine', name: 'db-2' } },
        { addresses: ['10.0.0.10'], conditions: { ready: null } },
      ],
      ports: [
        { name: 'pg', port: 15432, protocol: 'TCP', appProtocol: 'x' },
        { name: '', port: null, protocol: 'UDP' },
        { port: 80 },
        { port: 80, protocol: 'QUIC' },
      ],
    }),
    {
      service: 'db',
      endpoints: [
        { addresses: ['10.0.0.7'], ready: true, pod: 'db-0' },
        { addresses: ['10.0.0.8'], ready: false },
        { addresses: ['10.0.0.9'], ready: true },
        { addresses: ['10.0.0.10'], ready: true },
      ],
      ports: [
        { name: 'pg', port: 15432, protocol: 'tcp' },
        { name: '', protocol: 'udp' },
        { name: '', port: 80, protocol: 'tcp' },
      ],
    },
  ],
  [
    'nothing of lists that are empty',
    raw({ endpoints: null, ports: null }),
    { service: 'db', endpoints: [], ports: [] },
  ],
  [
    'no names',
    raw({ addressType: 'FQDN', endpoints: [{ addresses: ['db.example.com'] }], ports: [] }),
    { service: 'db', endpoints: [], ports: [] },
  ],
  [
    'no Service where none is named',
    { metadata, addressType: 'IPv4' },
    { service: '', endpoints: [], ports: [] },
  ],
])('keeps of a slice: %s', (_name, slice, kept) => {
  expect(projectEndpointSlice(slice)).toEqual({ metadata, ...kept });
});
