import { parseArgs } from 'node:util';
import type { Scope } from '../cluster/sources.ts';
import type { LabelSelector } from '../domain/targets/selector.ts';
import { parseSelector } from '../domain/targets/selector-text.ts';
import { MAX_PORT, wholeNumber } from '../program/whole-number.ts';

/** What the controller was told at its start. */
export interface Flags {
  readonly kubeconfig: string | undefined;
  readonly injectorImage: string;
  readonly selector: LabelSelector | undefined;
  /** undefined: the whole cluster. */
  readonly scope: Scope | undefined;
  readonly metricsPort: number;
  readonly healthPort: number;
  readonly workers: number;
}

export const USAGE = `usage: controller --injector-image REF [flags]
  --injector-image REF          image of the ephemeral containers (required)
  --kubeconfig PATH             default: the service account of the pod, else $KUBECONFIG or ~/.kube/config
  --watch-label-selector SEL    act on experiments with these labels only, such as squall.dev/shard=a
  --namespace NS                see and act on this namespace only, with rights there only; needs --policy-file
  --policy-file PATH            SafetyPolicies as YAML or JSON, in the place of the cluster's; needs --namespace
  --metrics-port N              default 8080; 0 takes any free port
  --health-port N               default 8081
  --workers N                   experiments worked on at once, 1 to 64, default 8
`;

/** Throws a TypeError that says what is wrong with the arguments and what they take. */
export function parseFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'injector-image': { type: 'string' },
      kubeconfig: { type: 'string' },
      'watch-label-selector': { type: 'string' },
      namespace: { type: 'string' },
      'policy-file': { type: 'string' },
      'metrics-port': { type: 'string', default: '8080' },
      'health-port': { type: 'string', default: '8081' },
      workers: { type: 'string', default: '8' },
    },
  });
  const image = values['injector-image'];
  if (!image)
    throw new TypeError('--injector-image is missing: the image of the ephemeral containers');
  const text = values['watch-label-selector'];
  const selector = text === undefined ? undefined : parseSelector(text);
  if (text !== undefined && selector === undefined) {
    throw new TypeError(
      `--watch-label-selector "${text}": takes key=value, key!=value, key and !key, joined by commas`,
    );
  }
  return {
    kubeconfig: values.kubeconfig,
    injectorImage: image,
    selector,
    scope: scopeOf(values.namespace, values['policy-file']),
    metricsPort: wholeNumber('--metrics-port', values['metrics-port'], 0, MAX_PORT),
    healthPort: wholeNumber('--health-port', values['health-port'], 0, MAX_PORT),
    workers: wholeNumber('--workers', values.workers, 1, 64),
  };
}

function scopeOf(namespace: string | undefined, policyFile: string | undefined): Scope | undefined {
  if (namespace === undefined && policyFile === undefined) return undefined;
  if (!policyFile) {
    throw new TypeError(
      '--namespace takes --policy-file too: without rights in the cluster its policies cannot be read',
    );
  }
  if (namespace === undefined) {
    throw new TypeError(
      "--policy-file takes --namespace too: in the whole cluster the cluster's policies hold",
    );
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) {
    throw new TypeError(
      `--namespace "${namespace}": takes a name of at most 63 lower-case letters, digits and "-"`,
    );
  }
  return { namespace, policyFile };
}
