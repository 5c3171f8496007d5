import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { aPeerWorld } from '../peers/world.builder.ts';
import { limitsInForce } from '../safety/limits.ts';
import type { Pod } from '../targets/pod.ts';
import {
  NO_ACTIVITY,
  type Observed,
  type PodActivity,
  type PodReading,
  shortUid,
} from './observed.ts';

/** Exactly these pods can be seen. */
export function readPods(pods: readonly Pod[]): PodReading {
  return {
    kind: 'read',
    all: pods,
    get: (namespace, name) =>
      pods.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
  };
}

/** What this process has done for some pods. */
export function activities(
  ...known: readonly (readonly [Pod, Partial<PodActivity>])[]
): ReadonlyMap<string, PodActivity> {
  return new Map(known.map(([pod, parts]) => [shortUid(pod), { ...NO_ACTIVITY, ...parts }]));
}

type Parts = Partial<Omit<Observed, 'pods'>> & { readonly pods?: readonly Pod[] | PodReading };

/** The experiment and these pods, with nothing done yet by a process that planned the run itself. */
export function observed(
  experiment: ChaosExperiment,
  { pods = [], ...parts }: Parts = {},
): Observed {
  return {
    experiment,
    others: [],
    ended: () => false,
    activities: new Map(),
    wroteAhead: true,
    namespaces: {
      kind: 'read',
      value: { get: (name) => ({ name, labels: {}, excluded: false }) },
    },
    peers: { kind: 'read', value: aPeerWorld() },
    limits: { kind: 'read', value: limitsInForce([], { requesterChecked: false }) },
    settings: { injectorImage: 'squall.local/injector:dev' },
    ...parts,
    pods: 'kind' in pods ? pods : readPods(pods),
  };
}
