import { GROUP, PLURAL, VERSION } from '../api/v1alpha1/resource.ts';
import { RECOVER_FINALIZER } from '../api/v1alpha1/annotations.ts';
import type {
  ChaosExperiment,
  ChaosExperimentStatus,
} from '../api/v1alpha1/chaos-experiment.generated.ts';
import type { KubeClient } from '../kube/client.ts';

/** The collection of all experiments. */
export const EXPERIMENTS_PATH = `/apis/${GROUP}/${VERSION}/${PLURAL}`;

/**
 * Writes to experiments. Each carries the resourceVersion that was observed: the API server answers 409 Conflict when
 * the object has changed since, and nothing is written.
 */
export class Experiments {
  readonly #client: KubeClient;

  constructor(client: KubeClient) {
    this.#client = client;
  }

  writeStatus(
    experiment: ChaosExperiment,
    status: ChaosExperimentStatus,
  ): Promise<ChaosExperiment> {
    return this.#patch(experiment, '/status', { op: 'add', path: '/status', value: status });
  }

  addFinalizer(experiment: ChaosExperiment): Promise<ChaosExperiment> {
    const value = [...(experiment.metadata.finalizers ?? []), RECOVER_FINALIZER];
    return this.#patch(experiment, '', { op: 'add', path: '/metadata/finalizers', value });
  }

  /** Of a deleted experiment, the answer is its last state; it may be gone by then. */
  removeFinalizer(experiment: ChaosExperiment): Promise<ChaosExperiment> {
    const value = (experiment.metadata.finalizers ?? []).filter((one) => one !== RECOVER_FINALIZER);
    return this.#patch(experiment, '', { op: 'add', path: '/metadata/finalizers', value });
  }

  #patch(
    { metadata }: ChaosExperiment,
    subresource: string,
    operation: object,
  ): Promise<ChaosExperiment> {
    const { namespace, name, resourceVersion } = metadata;
    return this.#client.request<ChaosExperiment>({
      method: 'PATCH',
      path: `/apis/${GROUP}/${VERSION}/namespaces/${namespace}/${PLURAL}/${name}${subresource}`,
      contentType: 'application/json-patch+json',
      body: [
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
        operation,
      ],
    });
  }
}
