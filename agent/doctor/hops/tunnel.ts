import { addressOf } from '../../../lib/net/index.ts'
import { gatewayMac, vxlanPort } from '../../host/index.ts'
import { linkFinding, stepFinding, tableFinding } from '../concerning.ts'
import type { Facts } from '../facts.ts'
import { broken, type Finding, type Hop, ok, unknown } from '../hop.ts'
import type { InPrivateNetwork } from '../subjects.ts'
import { few, restart } from '../words.ts'
import { isForTunnels } from './forwarding.ts'
import { linkNamed } from './links.ts'

/** The device that puts a network's frames into packets of the underlay. */
export const tunnelHops: readonly Hop<InPrivateNetwork>[] = [{ name: 'vxlan', check: tunnel }]

/** How a network's hosts know of each other. */
export const overlayHops: readonly Hop<InPrivateNetwork>[] = [
  { name: 'VNI', check: vniKnown },
  { name: 'type-3', check: multicast },
  { name: 'flood list', check: flood },
  { name: 'anycast', check: anycast },
]

function tunnel({ network: { device, vni, bridge } }: InPrivateNetwork, facts: Facts): Finding {
  const link = linkNamed(facts, device)
  const own = link?.vxlan ?? null
  if (own !== null && (own.id !== vni || own.port !== vxlanPort)) {
    return broken(
      `${device} carries VNI ${own.id} on UDP port ${own.port}, not ${vni} on ${vxlanPort}`,
      restart,
    )
  }
  const differs =
    linkFinding(facts, device) ??
    tableFinding(
      facts,
      'bridge',
      null,
      ({ part, element }) => part === 'tunnels' && element === device,
    ) ??
    tableFinding(facts, 'ip', null, ({ part }) => isForTunnels(part))
  return (
    differs ??
    ok(`${device} carries VNI ${vni} for ${bridge}, UDP port ${vxlanPort}, without learning`)
  )
}

function vniKnown({ network: { vni, device } }: InPrivateNetwork, { routing }: Facts): Finding {
  if (routing.vnis === null) return unknown('zebra does not answer, or not as expected')
  const known = routing.vnis.find((candidate) => candidate.vni === vni)
  if (known?.device === device) return ok(`zebra knows VNI ${vni} on ${device}`)
  return broken(
    known === undefined
      ? `zebra does not know VNI ${vni}`
      : `zebra knows VNI ${vni} on ${known.device}, not on ${device}`,
    `\`ip link set ${device} down; ip link set ${device} up\` tells zebra of it anew; then \`vtysh -c 'show evpn vni ${vni}'\`.`,
  )
}

/** They are announced and not imported (see agent/frr/render.ts): the BGP table has them, zebra does not. */
function multicast(
  { network: { id, vni, vteps } }: InPrivateNetwork,
  facts: Facts,
): Finding | null {
  const { floods } = facts.routing
  const own = addressOf(facts.spec.underlay.address)
  if (floods === null) return unknown('bgpd does not answer, or not as expected')
  const from = new Set(floods.filter((flood) => flood.vni === vni).map(({ vtep }) => vtep))
  if (!from.has(own)) {
    return broken(
      `bgpd does not announce VNI ${vni} from ${own}`,
      `\`vtysh -c 'show evpn vni ${vni}'\`, \`vtysh -c 'show bgp l2vpn evpn vni ${vni}'\`; \`systemctl restart edge-agent\` puts \`advertise-all-vni\` back.`,
    )
  }
  const missing = vteps.filter((vtep) => !from.has(vtep))
  if (missing.length === 0)
    return ok(
      vteps.length === 0
        ? 'the network has no other host'
        : `${few(vteps)} announce${vteps.length === 1 ? 's' : ''} VNI ${vni}`,
    )
  return broken(
    `no type-3 route of VNI ${vni} from ${few(missing)}`,
    `There the network or FRR is missing: run \`edge-agent doctor network ${id}\` on ${missing[0]}.`,
  )
}

function flood({ network: { device, vteps } }: InPrivateNetwork, facts: Facts): Finding {
  const differs = stepFinding(
    facts,
    (step) =>
      (step.kind === 'fdb-set' || step.kind === 'fdb-delete') &&
      step.entry.device === device &&
      step.entry.destination !== null,
  )
  if (differs !== null) return differs
  return ok(
    vteps.length === 0
      ? `${device} floods to nobody, there is no other host`
      : `${device} floods to ${few(vteps)}`,
  )
}

/** Every host has the gateway; announced by one, it would pull the others' traffic to itself. */
function anycast({ network }: InPrivateNetwork, { routing }: Facts): Finding | null {
  if (network.gateway === null) return null
  if (routing.macs === null) return unknown('bgpd does not answer, or not as expected')
  const foreign = routing.macs.filter(
    ({ vni, mac, own }) => vni === network.vni && mac === gatewayMac && !own,
  )
  if (foreign.length === 0) return ok("no host announces the gateway's MAC")
  const [first] = foreign
  return broken(
    `${few(foreign.map(({ vtep }) => vtep))} announces the gateway's MAC as its own`,
    `The route-maps are gone there: \`systemctl restart edge-agent\` on ${first?.vtep}.`,
  )
}
