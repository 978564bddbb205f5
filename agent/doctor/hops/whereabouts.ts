import type { Facts } from '../facts.ts'
import { broken, type Finding, type Hop, ok, unknown } from '../hop.ts'
import type { AtPrivatePort, Elsewhere } from '../subjects.ts'
import { few } from '../words.ts'

/** How the other hosts learn that a VM is here. */
export const announcedHops: readonly Hop<AtPrivatePort>[] = [{ name: 'type-2', check: announced }]

/** How this host learnt that a VM is on another. */
export const receivedHops: readonly Hop<Elsewhere>[] = [
  { name: 'type-2', check: received },
  { name: 'FDB', check: forwarded },
]

function announced({ port, network }: AtPrivatePort, { routing, macs }: Facts): Finding {
  if (routing.macs === null) return unknown('bgpd does not answer, or not as expected')
  const { mac, addresses } = port
  const routes = routing.macs.filter((route) => route.vni === network.vni && route.mac === mac)
  const taken = routes.find(({ own }) => !own)
  if (taken !== undefined) {
    return broken(
      `${taken.vtep} announces ${mac} too`,
      `Two VMs have this MAC, or the VM moved and ${taken.vtep} has not noticed: \`vtysh -c 'show evpn mac vni ${network.vni} mac ${mac}'\` here and there.`,
    )
  }
  const missing = [null, ...addresses].filter(
    (address) => !routes.some((route) => route.own && route.address === address),
  )
  if (missing.length === 0) return ok(`this host announces ${[mac, ...addresses].join(', ')}`)
  const silent = !macs.some((known) => known.mac === mac && known.bridge === network.bridge)
  if (silent && missing.length > addresses.length)
    return unknown(`${mac} is not announced while it was not heard; the others flood to it`)
  return broken(
    `this host does not announce ${few(missing.map((address) => address ?? mac))}`,
    `\`vtysh -c 'show evpn mac vni ${network.vni} mac ${mac}'\`: if zebra knows it, \`vtysh -c 'clear bgp l2vpn evpn * soft'\`; if not, \`ip link set ${network.device} down; ip link set ${network.device} up\`.`,
  )
}

function received({ network, mac, address }: Elsewhere, { routing }: Facts): Finding {
  if (routing.macs === null) return unknown('bgpd does not answer, or not as expected')
  const routes = routing.macs.filter(
    (route) => route.vni === network.vni && route.mac === mac && !route.own,
  )
  const [first] = routes
  if (first === undefined) {
    return broken(
      `no host announces ${address} in network "${network.name}"`,
      `Is the VM running? Run \`edge-agent doctor network ${network.id}\` on its host. Meanwhile packets to it are flooded.`,
    )
  }
  if (routes.some((route) => route.address === address))
    return ok(`${first.vtep} announces ${mac} with ${address}`)
  return broken(
    `${first.vtep} announces ${mac} without ${address}, so ARP for it is flooded`,
    `On ${first.vtep}: \`edge-agent doctor ip ${address}\`.`,
  )
}

/** Both halves: the bridge sends the frame into the tunnel, the tunnel sends it to the host. */
function forwarded({ network, mac, vtep }: Elsewhere, { macs }: Facts): Finding {
  if (mac === null || vtep === null) return unknown('it is not known which MAC to look for')
  const entries = macs.filter((known) => known.mac === mac)
  const bridged = entries.find(({ bridge }) => bridge === network.bridge)
  const tunnelled = entries.filter(
    ({ device, destination }) => device === network.device && destination !== null,
  )
  if (bridged !== undefined && bridged.device !== network.device) {
    return broken(
      `${network.bridge} believes ${mac} to be on ${bridged.device}, not behind ${vtep}`,
      `Two NICs have this MAC, or one forges it. \`bridge fdb del ${mac} dev ${bridged.device} master\` frees it.`,
    )
  }
  const wrong = tunnelled.find(({ destination }) => destination !== vtep)
  if (wrong !== undefined || bridged === undefined || tunnelled.length === 0) {
    return broken(
      wrong === undefined
        ? `${mac} has no FDB entry to ${vtep} on ${network.device}, so packets to it are flooded`
        : `${network.device} sends ${mac} to ${wrong.destination}, not to ${vtep}`,
      `zebra should install it: \`vtysh -c 'clear bgp l2vpn evpn * soft in'\`, else \`ip link set ${network.device} down; ip link set ${network.device} up\`.`,
    )
  }
  return ok(`${mac} is sent by ${network.device} to ${vtep}`)
}
