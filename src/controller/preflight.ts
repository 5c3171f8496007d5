import { isDeepStrictEqual } from 'node:util';
import type { InjectResult } from '../domain/lifecycle/observed.ts';
import { shorten } from '../domain/shorten.ts';
import { admissionGroup } from '../domain/targets/owner.ts';
import type { Pod } from '../domain/targets/pod.ts';
import type { InjectorContainer } from '../injector/container.ts';

/** What the API server itself adds to an ephemeral container that leaves it open (core/v1 defaults). */
const DEFAULTED: Readonly<Record<string, unknown>> = {
  terminationMessagePath: '/dev/termination-log',
  resources: {},
};

interface Answer {
  readonly spec?: { readonly ephemeralContainers?: readonly Record<string, unknown>[] };
}

/**
 * What admission would make of our container, told by the field and its value; undefined when it lets it be. An agent
 * that another image, command or environment has replaced would not be ours: nothing is known of what it does.
 *
 * @param answer the pod as a server-side dry run of the patch gives it back
 */
export function mutation(sent: InjectorContainer, answer: unknown): string | undefined {
  const pod = answer as Answer;
  const back = pod.spec?.ephemeralContainers?.find(({ name }) => name === sent.name);
  if (back === undefined) return 'the container was taken out';
  const ours: Readonly<Record<string, unknown>> = { ...DEFAULTED, ...sent };
  const fields = new Set([...Object.keys(ours), ...Object.keys(back)]);
  for (const field of fields) {
    if (isDeepStrictEqual(plain(back[field]), plain(ours[field]))) continue;
    if (back[field] === undefined && field in DEFAULTED) continue;
    return `${field} would become ${short(back[field])}`;
  }
  return undefined;
}

/** JSON drops what is empty: the API server serves a variable with an empty value without one. */
function plain(value: unknown): unknown {
  return Array.isArray(value)
    ? value.map((one: unknown) =>
        typeof one === 'object' && one !== null && 'name' in one ? { value: '', ...one } : one,
      )
    : value;
}

function short(value: unknown): string {
  return shorten(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'absent'), 120);
}

/**
 * Asks once for pods of the same run, namespace and owner: they are made alike, and admission judges them alike. Only a
 * verdict is kept; a question that got no answer is asked again.
 */
export class Preflight {
  readonly #verdicts = new Map<string, Promise<InjectResult>>();

  /** @param run the run and its attempt */
  ask(run: string, pod: Pod, question: () => Promise<InjectResult>): Promise<InjectResult> {
    const key = `${run}/${admissionGroup(pod)}`;
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = question();
    this.#verdicts.set(key, verdict);
    verdict.catch(() => this.#verdicts.delete(key));
    return verdict;
  }

  /** Forgets every verdict of the experiment. */
  forget(experimentUid: string): void {
    for (const key of this.#verdicts.keys()) {
      if (key.startsWith(`${experimentUid}/`)) this.#verdicts.delete(key);
    }
  }
}
