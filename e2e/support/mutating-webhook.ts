import { once } from 'node:events';
import { createServer } from 'node:https';
import { issueCertificate } from '../../webhook/certificates/issue.ts';
import type { Cluster } from './cluster.ts';

const LIFETIME_MS = 60 * 60_000;

interface Review {
  readonly request: {
    readonly uid: string;
    readonly object: {
      readonly spec: { readonly ephemeralContainers?: readonly { readonly name: string }[] };
    };
  };
}

/**
 * Somebody else's admission webhook that gives every ephemeral container of ours in a namespace another image, as a
 * mirror of registries does. It runs in this process, where the API server reaches it. Returns what ends it.
 */
export async function rewriteImages(
  cluster: Cluster,
  namespace: string,
  image: string,
): Promise<() => Promise<void>> {
  const { ca, cert, key } = await issueCertificate({
    names: ['localhost'],
    now: Date.now(),
    lifetimeMs: LIFETIME_MS,
  });
  const server = createServer({ cert, key }, (request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const { uid, object } = (JSON.parse(text) as Review).request;
      const patch = (object.spec.ephemeralContainers ?? []).flatMap(({ name }, n) =>
        name.startsWith('squall-')
          ? [{ op: 'replace', path: `/spec/ephemeralContainers/${n}/image`, value: image }]
          : [],
      );
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          response: {
            uid,
            allowed: true,
            patchType: 'JSONPatch',
            patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
          },
        }),
      );
    });
  }).listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const name = `rewrite-images-${namespace}`;
  await cluster.create('MutatingWebhookConfiguration', '', {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'rewrite-images.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        clientConfig: {
          url: `https://localhost:${address.port}/`,
          caBundle: Buffer.from(ca).toString('base64'),
        },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            resources: ['pods/ephemeralcontainers'],
            operations: ['UPDATE'],
          },
        ],
      },
    ],
  });
  return async () => {
    await cluster.remove('MutatingWebhookConfiguration', '', name);
    server.closeAllConnections();
    server.close();
  };
}
