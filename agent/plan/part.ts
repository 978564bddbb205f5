import type { ElasticAddress, HostSpec, VmPort } from '../../lib/contract/index.ts'

/** What of a specification differs from the one before, and all that is told together with it. */
export interface Part {
  readonly ports: ReadonlySet<string>
  readonly networks: ReadonlySet<number>
}

/**
 * Ports of elastic addresses that one of two specifications has and the other has not, with the networks
 * they are in; null when there is none. Whoever claims an address of theirs as well belongs to it: who
 * may have it is decided among them.
 */
export function changedPart(before: HostSpec, after: HostSpec): Part | null {
  const changed = differing(before.elastics, after.elastics, elasticKey)
  if (changed.length === 0) return null
  const claims = new Set(changed.flatMap(claimsOf))
  const claiming = [...before.elastics, ...after.elastics].filter((elastic) =>
    claimsOf(elastic).some((claim) => claims.has(claim)),
  )
  const ports = new Set([
    ...claiming.map(({ port }) => port),
    ...differing(before.ports, after.ports, portKey).map(({ port }) => port),
  ])
  const theirs = [...before.ports, ...after.ports].filter(({ port }) => ports.has(port))
  return { ports, networks: new Set(theirs.map(({ network }) => network)) }
}

/** A specification of that part alone; public networks are few, and all stay. */
export const partOf = (spec: HostSpec, { ports, networks }: Part): HostSpec => ({
  ...spec,
  networks: spec.networks.filter(({ id }) => networks.has(id)),
  elastics: spec.elastics.filter(({ port }) => ports.has(port)),
  ports: spec.ports.filter(({ port }) => ports.has(port)),
})

function differing<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): T[] {
  const [old, now] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))]
  return [
    ...before.filter((item) => !now.has(keyOf(item))),
    ...after.filter((item) => !old.has(keyOf(item))),
  ]
}

const elasticKey = ({ external, address, gateway, network, port }: ElasticAddress): string =>
  `${external} ${address} ${gateway} ${network} ${port}`
const portKey = ({ port, network, mac, addresses }: VmPort): string =>
  `${port} ${network} ${mac} ${addresses.join()}`
const claimsOf = ({ external, address, network }: ElasticAddress): readonly string[] => [
  external,
  `${network} ${address}`,
]
