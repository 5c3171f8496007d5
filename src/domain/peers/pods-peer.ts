import { selectorText } from '../safety/label.ts';
import { matchesSelector } from '../targets/selector.ts';
import { aimsAt, type Found, nothing, type Sought } from './found.ts';
import { combine, portMatches } from './ports.ts';
import { NOTHING_IN_COMMON } from './service-peer.ts';

/**
 * Pods that run, by their own addresses: what reaches them through a Service is meant only where the Service is named
 * too. One that is being deleted counts until it has ended. A pod on its node's network has the node's addresses, and
 * with them the kubelet's and those of other pods: it is hit at named ports only, and always let pass.
 */
export function findPods({ peer, verdict, namespace, world }: Sought): Found {
  const { selector = {}, namespaces = [namespace] } = peer.pods ?? {};
  const matches = combine(portMatches(peer.ports), portMatches(peer.localPorts));
  if (matches.length === 0) return nothing('localPorts', NOTHING_IN_COMMON);
  const found = world.pods.filter(
    ({ metadata, phase, ips }) =>
      phase === 'Running' &&
      ips.length > 0 &&
      namespaces.includes(metadata.namespace) &&
      matchesSelector(selector, metadata.labels),
  );
  const who = `in ${namespaces.join(', ')} with ${selectorText(selector)}`;
  if (found.length === 0) {
    return nothing('pods', `no pod runs ${who}: takes labels of pods that run`);
  }
  const meant = found.filter(
    ({ hostNetwork }) => !hostNetwork || verdict === 'pass' || peer.ports !== undefined,
  );
  if (meant.length === 0) {
    const message = `the pods ${who} have no addresses but those of their nodes: takes them with ports only`;
    return nothing('pods', message);
  }
  return {
    aims: aimsAt(
      meant.flatMap(({ ips }) => ips),
      matches,
    ),
  };
}
