import { Agent, type Dispatcher } from 'undici';
import { vi } from 'vitest';
import { makeTestCertificate } from '../src/kube/test-certificate.ts';

// The limits are for a machine that is busy with other things; on an idle one all of this takes milliseconds.
vi.setConfig({ testTimeout: 30_000 });

export const testPair = makeTestCertificate('webhook');

export interface TestAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>> & { readonly response?: Answered };
}

interface Answered {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly warnings?: readonly string[];
}

export interface TestPost {
  readonly path?: string;
  readonly method?: Dispatcher.HttpMethod;
  readonly contentType?: string | undefined;
}

/** Posts to a webhook on 127.0.0.1, on connections that are kept. */
export class TestClient {
  readonly port: number;
  readonly #agent: Agent;

  constructor(port: number, ca: string = testPair.cert, connections = 4) {
    this.port = port;
    // Without a DNS name: the address is in the certificate.
    this.#agent = new Agent({ connections, connect: { ca, servername: '' } });
  }

  async post(body: string | Uint8Array | null, options: TestPost = {}): Promise<TestAnswer> {
    const { path = '/validate', method = 'POST', contentType = 'application/json' } = options;
    const answer = await this.#agent.request({
      origin: `https://127.0.0.1:${this.port}`,
      path,
      method,
      body,
      headers: contentType === '' ? {} : { 'content-type': contentType },
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, json: JSON.parse(text) };
  }

  review(value: unknown): Promise<TestAnswer> {
    return this.post(JSON.stringify(value));
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** A review that passes, with other fields in its request. */
export function testReview(request: Readonly<Record<string, unknown>> = {}) {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u-1',
      kind: { group: 'squall.dev', version: 'v1alpha1', kind: 'ChaosExperiment' },
      resource: { group: 'squall.dev', version: 'v1alpha1', resource: 'chaosexperiments' },
      operation: 'CREATE',
      namespace: 'default',
      name: 'loss',
      userInfo: { username: 'ann', groups: ['developers'] },
      object: { spec: { action: 'pod-network-loss' } },
      oldObject: null,
      dryRun: false,
      ...request,
    },
  };
}
