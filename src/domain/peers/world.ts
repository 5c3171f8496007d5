import type { Pod } from '../targets/pod.ts';
import type { EndpointSlice } from './endpoint-slice.ts';
import type { Service } from './service.ts';

/** Where peers are looked for; an installation for one namespace sees that one only. */
export interface PeerWorld {
  readonly services: readonly Service[];
  readonly service: (namespace: string, name: string) => Service | undefined;
  /** The slices of the Service of that name, whether it is there or not. */
  readonly endpointSlices: (namespace: string, service: string) => readonly EndpointSlice[];
  readonly pods: readonly Pod[];
}
