import type { Note } from '../engine/journal.ts'
import type { Sim } from '../engine/sim.ts'

const fipsPerServer = 64

/** Everything that is, or was, not as it must be. `destroyed` names a project that must be empty. */
export function violations(sim: Sim, destroyed?: string): Note[] {
  return [
    ...sim.journal.notes,
    ...(destroyed === undefined ? [] : leftovers(sim, destroyed)),
    ...disbelieved(sim),
    ...crowded(sim),
    ...doubled(sim),
    ...overBudget(sim),
  ]
}

function leftovers(sim: Sim, project: string): Note[] {
  const { store } = sim
  const kinds = {
    'ssh key': store.sshKeys,
    server: store.servers,
    'flexible IP': store.flexibleIps,
    gateway: store.gateways,
    'gateway IP': store.gatewayIps,
    'IPAM address': store.ipamIps,
    'private network': store.privateNetworks,
    VPC: store.vpcs,
  }
  return Object.entries(kinds).flatMap(([kind, all]) =>
    [...all.values()]
      .filter(({ project_id }) => project_id === project)
      .map(({ id }) => error('leftover', `${kind} left behind`, id)),
  )
}

function disbelieved(sim: Sim): Note[] {
  return [...sim.store.flexibleIps.values()].flatMap((ip) => {
    const believed = sim.journal.beliefs.get(ip.ip_address)
    if (believed === undefined || believed === ip.server_id) return []
    return [error('wrong-server', `${ip.ip_address} is on ${ip.server_id}, not ${believed}`, ip.id)]
  })
}

function crowded(sim: Sim): Note[] {
  const held = Map.groupBy(sim.store.flexibleIps.values(), ({ server_id }) => server_id)
  return [...held].flatMap(([server, ips]) =>
    server !== null && ips.length > fipsPerServer
      ? [error('crowded', `${ips.length} flexible IPs on one server`, server)]
      : [],
  )
}

function doubled(sim: Sim): Note[] {
  const addresses = [...sim.store.ipamIps.values()].map(
    ({ address, source }) => `${address} in subnet ${source.subnet_id}`,
  )
  const vlans = [...sim.store.attachments.values()].map(
    ({ server_id, vlan }) => `VLAN ${vlan} on server ${server_id}`,
  )
  const macs = [...sim.store.servers.values()].map(({ hidden }) => `MAC ${hidden.mac}`)
  const seen = new Set<string>()
  return [...addresses, ...vlans, ...macs].flatMap((what) => {
    if (seen.has(what)) return [error('doubled', what)]
    seen.add(what)
    return []
  })
}

function overBudget({ journal }: Sim): Note[] {
  const { budget } = journal
  if (!budget) return []
  const count = journal.requests.filter(({ seq }) => seq > budget.from).length
  return count > budget.limit
    ? [error('budget', `${count} requests where ${budget.limit} are allowed`)]
    : []
}

const error = (rule: string, what: string, object?: string): Note => ({
  rule,
  severity: 'error',
  what,
  ...(object === undefined ? {} : { object }),
})
