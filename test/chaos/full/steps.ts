import { tagValue } from '../../../lib/scaleway/index.ts'
import type { Lab } from '../../lab/whole/lab.ts'
import { onlyProvision } from '../provision/documents.ts'

/** How many there are of each. */
export interface Amounts {
  readonly hosts: number
  readonly ips: number
}

/** An operation, as a user asks for it. */
export interface Step {
  readonly name: string
  /** What `edgectl` is asked, while everything is as before. */
  words(lab: Lab, provider: number): readonly string[]
  readonly before: Amounts
  readonly after: Amounts
  /** Ordered since the beginning of this life, each of which is paid for. */
  readonly ordered: Amounts
}

const inputs = ['oneform_hosts=2', 'instance_public_ips=1']

/** In the order of a provision's life: each begins where the one before has ended. */
export const steps = {
  create: {
    name: 'create',
    words: (_lab, provider) => [
      ...['create', 'scaleway', '--provider-id', `${provider}`],
      ...inputs.flatMap((input) => ['--input', input]),
    ],
    before: { hosts: 0, ips: 0 },
    after: { hosts: 2, ips: 1 },
    ordered: { hosts: 2, ips: 1 },
  },
  addHost: {
    name: 'add-host',
    words: (lab) => ['add-host', id(lab)],
    before: { hosts: 2, ips: 1 },
    after: { hosts: 3, ips: 1 },
    ordered: { hosts: 3, ips: 1 },
  },
  addIp: {
    name: 'add-ip',
    words: (lab) => ['add-ip', id(lab)],
    before: { hosts: 3, ips: 1 },
    after: { hosts: 3, ips: 2 },
    ordered: { hosts: 3, ips: 2 },
  },
  /** The new one, which no machine has. */
  delIp: {
    name: 'del-ip',
    words: (lab) => ['del-ip', id(lab), `${ranges(lab).at(-1)?.attributes['EXTERNAL_IP']}`],
    before: { hosts: 3, ips: 2 },
    after: { hosts: 3, ips: 1 },
    ordered: { hosts: 3, ips: 2 },
  },
  /** The first, which reflects routes, keeps replicas and has a machine with a public address. */
  delHost: {
    name: 'del-host',
    words: (lab) => ['del-host', id(lab), '--ids', `${hostOf(lab, 'host-0')?.id}`, '--migrate'],
    before: { hosts: 3, ips: 1 },
    after: { hosts: 2, ips: 1 },
    ordered: { hosts: 3, ips: 2 },
  },
  undeploy: {
    name: 'undeploy',
    words: (lab) => ['undeploy', id(lab)],
    before: { hosts: 2, ips: 1 },
    after: { hosts: 0, ips: 0 },
    ordered: { hosts: 3, ips: 2 },
  },
} as const satisfies Record<string, Step>

/** OpenNebula's host with this key. */
export function hostOf({ openNebula }: Lab, key: string) {
  const hosts = openNebula.state.hosts.newestFirst()
  return hosts.find(({ template }) => template.vectors('EDGE_HOST')[0]?.['KEY'] === key)
}

/** The key of a server, by its id or by its public address. */
export function keyOf({ scaleway }: Lab, server: string): string {
  const all = [...scaleway.state.servers.values()]
  const found = all.find(
    ({ id, ips }) => id === server || ips.some(({ address }) => address === server),
  )
  return tagValue(found?.tags, 'key') ?? server
}

/** Public ranges, the newest last. */
export function ranges({ openNebula }: Lab) {
  const all = openNebula.state.networks.newestFirst().flatMap((network) => network.ranges)
  return all
    .filter(({ attributes }) => attributes['IPAM_MAD'] === 'scaleway')
    .toSorted((a, b) => a.id - b.id)
}

/** Where the provision is in this operation. */
export function progress(lab: Lab, { before, after }: Step): 'before' | 'under way' | 'ended' {
  const provision = onlyProvision({ one: lab.openNebula })
  const state = provision?.state
  if (state?.endsWith('_FAILURE')) throw new Error(`The provision is ${state}`)
  const are = ({ hosts, ips }: Amounts) =>
    lab.openNebula.state.hosts.newestFirst().length === hosts && ranges(lab).length === ips
  if (after.hosts === 0) {
    if (state === 'DONE' && are(after)) return 'ended'
    return state === 'RUNNING' ? 'before' : 'under way'
  }
  if (state === undefined) return 'before'
  if (state !== 'RUNNING') return 'under way'
  if (are(after)) return 'ended'
  if (are(before)) return 'before'
  throw new Error('The provision runs with something else than was asked for')
}

function id(lab: Lab): string {
  return `${onlyProvision({ one: lab.openNebula })?.id}`
}
