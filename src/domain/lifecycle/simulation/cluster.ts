import type {
  ChaosExperiment,
  ChaosExperimentStatus,
} from '../../../api/v1alpha1/chaos-experiment.generated.ts';
import { aPod } from '../../targets/pod.builder.ts';
import type { Pod } from '../../targets/pod.ts';
import { anExperiment, T0 } from '../experiment.builder.ts';
import { aContainer } from '../../targets/pod.builder.ts';
import { type ContainerPlan, Node } from './node.ts';
import type { Ending, Scenario } from './scenario.ts';
import type { Timeline } from './timeline.ts';

export type Answer = 'accepted' | 'refused' | 'podGone';

/** The API server: what is there, whoever knows it. */
export class Cluster {
  readonly timeline: Timeline;
  readonly scenario: Scenario;
  /** Every pod that ever was, by uid; `alive` says whether it still is. */
  readonly nodes = new Map<string, Node>();
  experiment: ChaosExperiment | undefined;
  /** A safety policy halts everything. */
  halted = false;
  /** Every status that was ever written, in order. */
  readonly history: ChaosExperimentStatus[] = [];
  onPod: (key: string) => void = () => {};
  onExperiment: () => void = () => {};
  #version = 1;

  constructor(timeline: Timeline, scenario: Scenario) {
    this.timeline = timeline;
    this.scenario = scenario;
    scenario.pods.forEach((script, index) => {
      const name = `web-${index}`;
      this.#create(name, `${index}-0`, index);
      const { deletedAtMs, deletion } = script;
      if (deletedAtMs === undefined) return;
      timeline.at(T0 + deletedAtMs, () => {
        const node = this.node('shop', name);
        node?.remove(deletion === 'graceful', () => {
          this.onPod(`shop/${name}`);
          if (deletion === 'recreated') this.#create(name, `${index}-1`, index);
        });
      });
    });
    this.experiment = anExperiment({
      spec: {
        targets: { selector: { matchLabels: { app: 'web' } }, count: '100%', ...scenario.targets },
        duration: `${scenario.durationMs}ms`,
        injectionTimeout: `${scenario.injectionTimeoutMs}ms`,
      },
    });
    const { ending } = scenario;
    if (ending !== undefined) timeline.at(T0 + ending.atMs, () => this.#end(ending));
  }

  /** The pod of that name as it is now. */
  node(namespace: string, name: string): Node | undefined {
    for (const node of this.nodes.values()) {
      const { metadata } = node.pod;
      if (node.alive && metadata.namespace === namespace && metadata.name === name) return node;
    }
    return undefined;
  }

  get pods(): Pod[] {
    return [...this.nodes.values()].filter(({ alive }) => alive).map(({ pod }) => pod);
  }

  /** A patch of pods/ephemeralcontainers with the pod's uid in it. */
  addContainer(uid: string, plan: ContainerPlan): Answer {
    const node = this.nodes.get(uid);
    if (node === undefined || !node.alive) return 'podGone';
    const index = Number(node.pod.metadata.name.slice('web-'.length));
    const refused = this.scenario.pods[index]?.refused;
    if (refused === 'always' || (refused === 'sometimes' && this.timeline.chance(0.5)))
      return 'refused';
    if (node.pod.ephemeralContainers.some(({ name }) => name === plan.name)) return 'accepted';
    const container = aContainer({ name: plan.name, env: { SQUALL_UID: plan.uid } });
    const ephemeralContainers = [...node.pod.ephemeralContainers, container];
    node.pod = this.#touched({ ...node.pod, ephemeralContainers });
    this.onPod(keyOf(node.pod));
    node.add(plan);
    return 'accepted';
  }

  /** False for a conflict: the experiment has changed since `resourceVersion`, or is not there any more. */
  write(
    resourceVersion: string,
    change: (experiment: ChaosExperiment) => ChaosExperiment,
  ): boolean {
    const { experiment } = this;
    if (experiment?.metadata.resourceVersion !== resourceVersion) return false;
    const changed = change(experiment);
    if (changed.status !== undefined && changed.status !== experiment.status)
      this.history.push(changed.status);
    this.#set(changed);
    return true;
  }

  #end(ending: Ending): void {
    if (ending.kind === 'halt') {
      this.#halt(true);
      this.timeline.after(ending.forMs, () => this.#halt(false));
      return;
    }
    const { kind } = ending;
    const { experiment } = this;
    if (experiment === undefined) return;
    const now = new Date(this.timeline.now).toISOString();
    this.#set({
      ...experiment,
      metadata: {
        ...experiment.metadata,
        ...(kind === 'delete'
          ? { deletionTimestamp: now }
          : { annotations: { 'squall.dev/stop': 'enough' } }),
      },
    });
  }

  #halt(halted: boolean): void {
    this.halted = halted;
    this.onExperiment();
  }

  #set(experiment: ChaosExperiment): void {
    const { metadata } = experiment;
    const gone = metadata.deletionTimestamp !== undefined && !metadata.finalizers?.length;
    this.#version += 1;
    this.experiment = gone
      ? undefined
      : { ...experiment, metadata: { ...metadata, resourceVersion: String(this.#version) } };
    this.onExperiment();
  }

  #create(name: string, id: string, index: number): void {
    const script = this.scenario.pods[index];
    if (script === undefined) return;
    const pod = aPod({ name, uid: `pod-${id}`.padEnd(13, '0') });
    const node = new Node(this.timeline, pod, script, (changed) => {
      changed.pod = this.#touched(changed.pod);
      this.onPod(keyOf(changed.pod));
    });
    this.nodes.set(pod.metadata.uid, node);
    this.onPod(keyOf(pod));
  }

  #touched(pod: Pod): Pod {
    this.#version += 1;
    return { ...pod, metadata: { ...pod.metadata, resourceVersion: String(this.#version) } };
  }
}

export const keyOf = ({ metadata }: Pod) => `${metadata.namespace}/${metadata.name}`;
