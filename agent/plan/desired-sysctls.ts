import { type HostSpec, underlayName } from '../../lib/contract/index.ts'
import { routerLinkOf } from '../host/index.ts'
import type { Sysctl } from './wanted.ts'

/** The kernel settings the host's own stack needs; `routers` are ids of networks with a namespace. */
export function hostSysctls(
  spec: HostSpec,
  routers: readonly number[],
  publicDevice: string | null,
): Sysctl[] {
  const must = (key: string, value: string): Sysctl => ({ key, value, optional: false })
  const may = (key: string, value: string): Sysctl => ({ key, value, optional: true })
  const bridges = [...spec.publicNetworks, ...spec.networks].map(({ bridge }) => bridge)
  return [
    must('net/ipv4/ip_forward', '1'),
    must('net/ipv4/conf/all/send_redirects', '0'),
    must('net/ipv4/conf/default/send_redirects', '0'),
    // Security groups of OpenNebula hang on it: without, bridged traffic passes unfiltered.
    must('net/bridge/bridge-nf-call-iptables', '1'),
    may('net/bridge/bridge-nf-call-ip6tables', '1'),
    // Answers come back over scwpn from any address of the internet.
    must(`net/ipv4/conf/${underlayName}/rp_filter`, '2'),
    ...[...bridges, ...routers.map(routerLinkOf)].map((device) =>
      may(`net/ipv6/conf/${device}/disable_ipv6`, '1'),
    ),
    ...(publicDevice === null || spec.public.neighbour !== 'proxy'
      ? []
      : [must(`net/ipv4/neigh/${publicDevice}/proxy_delay`, '0')]),
  ]
}
