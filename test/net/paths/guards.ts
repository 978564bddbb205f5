import type { Site } from './site.ts'

const unguarded = 'nft flush chain ip fx host_in; nft flush chain ip fx through'
const unlearned = 'nft flush chain bridge fx before_learning'
const open = (namespace: string): string =>
  `ip netns exec ${namespace} nft "flush chain ip fx through; add chain ip fx through { policy accept; }"`
const everyTap = (bridge: string): string =>
  `$(ip -o link show master ${bridge} | grep -o 'one-[0-9]*-0' | sort -u)`

/** What keeps a packet out. Each can be lifted, to show that the probe it stops would have passed. */
export const guards = {
  'security groups': (site: Site) => site.secure('wide open'),
  "the host's table": onHosts(unguarded),
  'the filters of a network without egress': onHosts(`${unguarded}; ${open('fx8')}`),
  'the unreachable route behind the public gateway': onHosts(
    `${unguarded}; ip route delete unreachable default table 100005 metric 9999`,
  ),
  'the guard of VM ports': onHosts(unlearned),
  'the guard of VM ports and the set of known VMs': onHosts(`${unlearned}; ${open('fx4')}`),
  'the guard of VM ports and the pinned gateway': onHosts(
    `${unlearned}; bridge fdb replace 02:00:5e:00:01:01 dev fxr4 master static`,
  ),
  'the guard of VM ports and permanent neighbours': onHosts(`${unlearned}
    ip netns exec fx4 ip -o neigh show nud permanent dev r0 | while read -r address _ mac _; do
      ip netns exec fx4 ip neigh replace $address lladdr $mac dev r0 nud stale
    done`),
  "the private router's filter": onHosts(open('fx5')),
  'the deaf bridge': onHosts('nft delete table netdev fx'),
  'isolated ports': onHosts(`for tap in ${everyTap('onebr4')}; do
    ip link set $tap type bridge_slave isolated off; done`),
} satisfies Record<string, (site: Site) => Promise<void>>

export type Guard = keyof typeof guards

function onHosts(script: string): (site: Site) => Promise<void> {
  return async ({ hosts }) => {
    await Promise.all(hosts.map((host) => host.sh(script)))
  }
}
