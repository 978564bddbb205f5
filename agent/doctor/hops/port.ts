import { stepFinding, tableFinding } from '../concerning.ts'
import type { Facts, KnownMac } from '../facts.ts'
import { broken, type Finding, type Hop, ok, unknown } from '../hop.ts'
import { passes } from '../pass.ts'
import type { AtPort } from '../subjects.ts'
import type { Gap } from '../table-gaps.ts'
import { linkNamed } from './links.ts'

/** Where a VM's frames enter the host. */
export const portHops: readonly Hop<AtPort>[] = [
  { name: 'tap', check: tap },
  { name: 'mac', check: macSeen },
  { name: 'guard', check: guard },
]

/** Bridged frames pass iptables too; OpenNebula's security groups live there, and others' rules. */
export const bridgedHops: readonly Hop<AtPort>[] = [{ name: 'filter', check: bridgedFilter }]

function tap({ port, network }: AtPort, facts: Facts): Finding {
  const name = port.port
  const link = linkNamed(facts, name)
  if (link === undefined) {
    return broken(
      `${name} is not there: the VM is not running here`,
      `Look at \`onevm show ${port.vm}\` on the front-end, and at \`virsh list --all\` here.`,
    )
  }
  if (link.master !== network.bridge) {
    return broken(
      `${name} is on ${link.master ?? 'no bridge'}, not on ${network.bridge}`,
      `\`ip link set ${name} master ${network.bridge}\``,
    )
  }
  if (!link.up) return broken(`${name} is down`, `\`ip link set ${name} up\``)
  if (!facts.carriers.has(name)) {
    return broken(
      `${name} has no carrier: nobody holds its other end`,
      `The VM's process is gone or its NIC is down inside: \`virsh domstate one-${port.vm}\`, \`virsh console one-${port.vm}\`.`,
    )
  }
  if (link.mtu < network.mtu) {
    return broken(
      `${name} has MTU ${link.mtu}, less than ${network.mtu} of its network`,
      `\`ip link set ${name} mtu ${network.mtu}\``,
    )
  }
  const flags = stepFinding(facts, (step) => step.kind === 'link-set' && step.name === name)
  return flags ?? ok(`${name} is on ${network.bridge}, up, MTU ${link.mtu}`)
}

function macSeen({ port, network }: AtPort, { macs }: Facts): Finding {
  const { mac, port: name } = port
  const heard = macs.find((entry) => entry.bridge === network.bridge && entry.mac === mac)
  if (heard?.device === name) return ok(`${mac} is heard on ${name}`)
  if (heard !== undefined) return elsewhere(heard, { port, network }, macs)
  return unknown(
    `${mac} was not heard on ${name} for five minutes: the VM is silent, or uses another MAC, which the guard drops`,
    `\`tcpdump -c 5 -eni ${name}\` shows what it sends while it pings its gateway.`,
  )
}

function elsewhere(heard: KnownMac, { port, network }: AtPort, macs: readonly KnownMac[]): Finding {
  const vtep = macs.find(
    ({ device, mac, destination }) =>
      device === heard.device && mac === heard.mac && destination !== null,
  )?.destination
  if (vtep === undefined || vtep === null) {
    return broken(
      `${port.mac} is believed to be on ${heard.device}, not on ${port.port}`,
      `Two NICs have this MAC, or one forges it. \`bridge fdb del ${port.mac} dev ${heard.device} master\` frees it.`,
    )
  }
  return broken(
    `${port.mac} is believed to be on host ${vtep}, not on ${port.port}`,
    `The VM moved, or two have this MAC: \`onevm list\` tells which host has VM ${port.vm}. If it is this one, \`bridge fdb del ${port.mac} dev ${heard.device} master\` until the VM speaks, which claims ${network.bridge} back.`,
  )
}

function guard({ port }: AtPort, facts: Facts): Finding {
  const concerns = ({ element, part }: Gap) =>
    element === null
      ? part !== 'gateways' && part !== 'tunnels'
      : element === port.port || element.startsWith(`${port.port} . `)
  return (
    tableFinding(facts, 'bridge', null, concerns) ??
    ok(
      `the guard lets ${port.port} speak as ${[port.mac, ...port.addresses].join(', ')} and nothing else`,
    )
  )
}

function bridgedFilter({ port, network }: AtPort, { forward }: Facts): Finding {
  const { outcome, by } = passes(forward, {
    ...{ from: network.bridge, to: network.bridge, state: 'new', bridged: true },
    ...{ source: port.addresses[0] ?? null, destination: null },
  })
  if (outcome === 'passes') return ok(`no other program's rule stops frames on ${network.bridge}`)
  if (outcome === 'depends')
    return isSecurityGroup(by)
      ? ok(`OpenNebula's security groups decide on ${network.bridge}: \`iptables -S opennebula\``)
      : unknown(
          `${by} may drop frames on ${network.bridge}`,
          'Look at `nft list ruleset` or `iptables -S`.',
        )
  return broken(
    `${by} drops every frame on ${network.bridge}`,
    `Another program put it there. \`iptables -I FORWARD -i ${network.bridge} -o ${network.bridge} -j ACCEPT\` lets frames through, past OpenNebula's security groups too.`,
  )
}

const isSecurityGroup = (by: string | null): boolean => /^chain (opennebula|one-\d)/.test(by ?? '')
