import { expect, it } from 'vitest';
import { projectService } from './project-service.ts';

const metadata = { namespace: 'shop', name: 'db', resourceVersion: '7' };
const managed = { labels: { app: 'db' }, managedFields: [{}] };

it.each<[string, { spec?: object; status?: object }, object]>([
  [
    'addresses of both families, external ones and those of load balancers',
    {
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.5',
        clusterIPs: ['10.96.0.5', 'fd00:96::5'],
        externalIPs: ['192.0.2.1'],
        selector: { app: 'db' },
        ports: [
          { name: 'pg', port: 5432, protocol: 'TCP', targetPort: 'pg', nodePort: 30001 },
          { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        ],
      },
      status: {
        loadBalancer: { ingress: [{ ip: '203.0.113.9' }, { hostname: 'lb.example.com' }] },
      },
    },
    {
      addresses: ['10.96.0.5', 'fd00:96::5', '192.0.2.1', '203.0.113.9'],
      selector: { app: 'db' },
      ports: [
        { name: 'pg', port: 5432, protocol: 'tcp' },
        { name: 'dns', port: 53, protocol: 'udp' },
      ],
    },
  ],
  [
    'a headless Service has none',
    { spec: { clusterIP: 'None', clusterIPs: ['None'], selector: { app: 'db' } } },
    { addresses: [], selector: { app: 'db' }, ports: [] },
  ],
  [
    'one address where there is no list, TCP where no protocol is said, no selector where it is empty',
    { spec: { clusterIP: '10.96.0.5', selector: {}, ports: [{ port: 80 }] } },
    { addresses: ['10.96.0.5'], ports: [{ name: '', port: 80, protocol: 'tcp' }] },
  ],
  [
    'one that has no address yet',
    { spec: { clusterIP: '', ports: [{ port: 80, protocol: 'QUIC' }] } },
    { addresses: [], ports: [] },
  ],
  [
    'another name for somebody else, whatever it was before',
    {
      spec: {
        type: 'ExternalName',
        externalName: 'db.example.com',
        externalIPs: ['192.0.2.1'],
        selector: { app: 'db' },
      },
    },
    { addresses: [], ports: [], externalName: 'db.example.com' },
  ],
  ['nothing said', {}, { addresses: [], ports: [] }],
])('keeps of a Service: %s', (_name, raw, kept) => {
  expect(projectService({ metadata: { ...metadata, ...managed }, ...raw })).toEqual({
    metadata,
    ...kept,
  });
});
