import type { NetworkStep } from '../../plan/index.ts'
import { linkFinding, stepFinding, tableFinding } from '../concerning.ts'
import type { Facts } from '../facts.ts'
import { type Finding, type Hop, ok } from '../hop.ts'
import type { InNetwork } from '../subjects.ts'

/** What every frame of a network passes on this host. */
export const bridgeHops: readonly Hop<InNetwork>[] = [
  { name: 'bridge', check: bridge },
  { name: 'deaf', check: deaf },
  { name: 'br_netfilter', check: netfilter },
]

function bridge({ network }: InNetwork, facts: Facts): Finding {
  return (
    linkFinding(facts, network.bridge) ??
    stepFinding(facts, (step) => isLeftover(step, network.bridge)) ??
    ok(`${network.bridge} is up, MTU ${network.mtu}`)
  )
}

/** The stock elastic driver's routes and proxy entries make the host answer beside the router. */
function isLeftover(step: NetworkStep, bridge: string): boolean {
  if (step.kind === 'route-delete') return step.at === null && step.route.device === bridge
  return (
    step.kind === 'neighbour-delete' &&
    step.at === null &&
    step.neighbour.device === bridge &&
    step.neighbour.mac === null
  )
}

function deaf({ network }: InNetwork, facts: Facts): Finding {
  return (
    tableFinding(facts, 'netdev', null, ({ part }) => part === `bridge-${network.id}`) ??
    ok(`the host itself is deaf on ${network.bridge}`)
  )
}

function netfilter(_: InNetwork, facts: Facts): Finding {
  return (
    stepFinding(
      facts,
      (step) =>
        step.kind === 'module' ||
        (step.kind === 'sysctl-set' && step.key.startsWith('net/bridge/')),
    ) ?? ok('bridged frames pass iptables, so that security groups hold')
  )
}
