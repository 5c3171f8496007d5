import { RECOVER_FINALIZER, RUN_ANNOTATION } from '../api/v1alpha1/annotations.ts';
import type {
  ChaosExperiment,
  ChaosExperimentStatus,
} from '../api/v1alpha1/chaos-experiment.generated.ts';
import { experimentsIn } from '../api/v1alpha1/resource.ts';
import type { KubeClient } from '../kube/client.ts';

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
    return this.#patch(experiment, '/status', [{ op: 'add', path: '/status', value: status }]);
  }

  /** The experiment as it is stored now; undefined when it is not there, or another one of its name is. */
  async find({ metadata }: ChaosExperiment): Promise<ChaosExperiment | undefined> {
    const { items } = await this.#client.request<{ items: ChaosExperiment[] }>({
      method: 'GET',
      path: experimentsIn(metadata.namespace),
      // A list of one, because the right to list is there anyway.
      query: { fieldSelector: `metadata.name=${metadata.name}` },
    });
    return items.find((item) => item.metadata.uid === metadata.uid);
  }

  /** Also marks the object as the one that runs, so that a copy from a backup is known as one. */
  addFinalizer(experiment: ChaosExperiment): Promise<ChaosExperiment> {
    const { finalizers = [], annotations = {}, uid } = experiment.metadata;
    return this.#patch(experiment, '', [
      { op: 'add', path: '/metadata/finalizers', value: [...finalizers, RECOVER_FINALIZER] },
      {
        op: 'add',
        path: '/metadata/annotations',
        value: { ...annotations, [RUN_ANNOTATION]: uid },
      },
    ]);
  }

  /** Of a deleted experiment, the answer is its last state; it may be gone by then. */
  removeFinalizer(experiment: ChaosExperiment): Promise<ChaosExperiment> {
    const value = (experiment.metadata.finalizers ?? []).filter((one) => one !== RECOVER_FINALIZER);
    return this.#patch(experiment, '', [{ op: 'add', path: '/metadata/finalizers', value }]);
  }

  /** Deletes exactly what was observed; an object that has changed since answers 409 Conflict. */
  async remove({ metadata }: ChaosExperiment): Promise<void> {
    const { namespace, name, uid, resourceVersion } = metadata;
    await this.#client.request({
      method: 'DELETE',
      path: `${experimentsIn(namespace)}/${name}`,
      body: { preconditions: { uid, resourceVersion } },
    });
  }

  #patch(
    { metadata }: ChaosExperiment,
    subresource: string,
    operations: readonly object[],
  ): Promise<ChaosExperiment> {
    const { namespace, name, resourceVersion } = metadata;
    return this.#client.request<ChaosExperiment>({
      method: 'PATCH',
      path: `${experimentsIn(namespace)}/${name}${subresource}`,
      contentType: 'application/json-patch+json',
      body: [
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
        ...operations,
      ],
    });
  }
}
