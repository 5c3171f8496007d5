import { parseArgs } from 'node:util';
import type { LabelSelector } from '../domain/targets/selector.ts';
import { parseSelector } from '../domain/targets/selector-text.ts';

/** What the controller was told at its start. */
export interface Flags {
  readonly kubeconfig: string | undefined;
  readonly injectorImage: string;
  readonly selector: LabelSelector | undefined;
  readonly crossNamespace: boolean;
  readonly metricsPort: number;
  readonly healthPort: number;
  readonly workers: number;
}

export const USAGE = `usage: controller --injector-image REF [flags]
  --injector-image REF          image of the ephemeral containers (required)
  --kubeconfig PATH             default: the service account of the pod, else $KUBECONFIG or ~/.kube/config
  --watch-label-selector SEL    act on experiments with these labels only, such as squall.dev/shard=a
  --allow-cross-namespace       let experiments target other namespaces than their own
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
      'allow-cross-namespace': { type: 'boolean', default: false },
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
    crossNamespace: values['allow-cross-namespace'],
    metricsPort: whole('--metrics-port', values['metrics-port'], 0, 65_535),
    healthPort: whole('--health-port', values['health-port'], 0, 65_535),
    workers: whole('--workers', values.workers, 1, 64),
  };
}

function whole(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < least || value > most) {
    throw new TypeError(`${flag} ${text}: takes a whole number from ${least} to ${most}`);
  }
  return value;
}
