import type { FlexibleIps } from '../../ipam/flexible-ip/index.ts'
import type { Clock } from '../../lib/clock/index.ts'
import type { Hub } from '../hub/index.ts'
import type { AddressWorks } from './address-works.ts'
import type { Fleet } from './fleet.ts'
import type { AgedClaim, HostView, RangeFacts, View } from './truth.ts'

export interface ViewerOptions {
  readonly fleet: Pick<Fleet, 'refresh' | 'known' | 'claims' | 'networks' | 'spec'>
  readonly flexibleIps: Pick<FlexibleIps, 'survey'>
  readonly works: Pick<AddressWorks, 'underWay'>
  readonly hub: Pick<Hub, 'session'>
  readonly epoch: number
  readonly clock: Pick<Clock, 'elapsed' | 'patience'>
}

export interface Viewer {
  /** Reads cloud, oned and hosts. Throws when oned could not be read whole. */
  view(): Promise<View>
}

const ipamDriver = 'scaleway'

/** Remembers since when things are as they are, and nothing else. */
export function createViewer(options: ViewerOptions): Viewer {
  const { fleet, flexibleIps, works, clock } = options
  const claimsSince = createSince(clock)
  const unsettledSince = createSince(clock)
  let idle: ReadonlySet<string> = new Set()

  function agedClaims(): AgedClaim[] {
    const claims = fleet.claims().map((claim) => {
      const { vm, nicId, external, server, moment } = claim
      return { claim, key: [vm, nicId, external, server, moment].join(' ') }
    })
    const ages = claimsSince(claims.map(({ key }) => key))
    return claims.map(({ claim, key }) => ({ ...claim, forMs: ages.get(key) ?? 0 }))
  }

  function hostViews(servers: readonly string[]): Map<string, HostView> {
    const states = servers.map((server) => stateOf(server, options))
    const ages = unsettledSince(states.filter(({ settled }) => !settled).map((one) => one.server))
    return new Map(
      states.map(({ server, connected, faults, armed }) => {
        return [server, { connected, faults, armed, unsettledMs: ages.get(server) ?? 0 }] as const
      }),
    )
  }

  return {
    async view() {
      const { addresses, unlisted } = await flexibleIps.survey()
      await fleet.refresh()
      const known = fleet.known().filter(({ provisionId }) => !unlisted.has(provisionId))
      const claims = agedClaims()
      const idleBefore = idle
      const held = new Set(claims.map(({ external }) => external))
      const attached = addresses.filter(({ status }) => status === 'attached')
      idle = new Set(attached.map(({ external }) => external).filter((one) => !held.has(one)))
      return {
        provisions: known.map(({ provisionId: id, servers }) => ({ id, servers })),
        cloud: addresses,
        claims,
        ranges: rangesOf(fleet),
        hosts: hostViews(known.flatMap(({ servers }) => servers.map(({ server }) => server))),
        underWay: new Set([...held, ...idle].filter((external) => works.underWay(external))),
        idleBefore,
      }
    },
  }
}

/** How long each key has been among those given without a break, in milliseconds, 1 at least. */
function createSince({ elapsed, patience }: ViewerOptions['clock']) {
  let since = new Map<string, number>()
  return (keys: readonly string[]): ReadonlyMap<string, number> => {
    const now = elapsed()
    since = new Map(keys.map((key) => [key, since.get(key) ?? now]))
    const age = (from: number) => Math.max(1, (now - from) / patience(1))
    return new Map([...since].map(([key, from]) => [key, age(from)]))
  }
}

function stateOf(server: string, { fleet, hub, epoch }: ViewerOptions) {
  const spec = fleet.spec(server)
  const session = hub.session(server)
  const applied = session?.applied?.epoch === epoch ? session.applied : null
  const newest = spec !== undefined && applied !== null && applied.generation >= spec.generation
  const connected = session?.connected ?? false
  const report = newest && session?.report?.generation === spec.generation ? session.report : null
  return {
    server,
    connected,
    settled: connected && newest && applied.ok,
    faults: newest ? applied.faults : [],
    armed: report && new Map(report.elastics.map(({ external, armed }) => [external, armed])),
  }
}

function rangesOf(fleet: ViewerOptions['fleet']): RangeFacts[] {
  return fleet.known().flatMap(({ provisionId, clusterId }) =>
    fleet
      .networks()
      .filter(({ vnMad, clusterIds }) => vnMad === 'elastic' && clusterIds.includes(clusterId))
      .flatMap(({ id: network, ranges }) =>
        ranges
          .filter(({ attributes }) => attributes['IPAM_MAD'] === ipamDriver)
          .map(({ id: range, ip = '', attributes }) => {
            return { provisionId, network, range, ip, external: attributes['EXTERNAL_IP'] }
          }),
      ),
  )
}
