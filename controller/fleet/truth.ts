import type { FlexibleAddress } from '../../ipam/flexible-ip/index.ts'
import type { Place } from './address-works.ts'
import type { Claim } from './claims.ts'
import type { ServerFacts } from './facts.ts'

/** Everything that is known of elastic addresses at one time, as plain values. */
export interface View {
  /** Provisions of which cloud and oned were read whole; nothing is said of others. */
  readonly provisions: readonly { readonly id: number; readonly servers: readonly ServerFacts[] }[]
  readonly cloud: readonly (FlexibleAddress & { readonly provisionId: number })[]
  readonly claims: readonly AgedClaim[]
  readonly ranges: readonly RangeFacts[]
  readonly hosts: ReadonlyMap<string, HostView>
  /** Addresses that somebody works on now. */
  readonly underWay: ReadonlySet<string>
  /** Addresses that were idle and attached at the look before as well. */
  readonly idleBefore: ReadonlySet<string>
}

export interface AgedClaim extends Claim {
  /** For how long the VM has been in this moment, in milliseconds. */
  readonly forMs: number
}

/** An address range that our IPAM driver made. */
export interface RangeFacts {
  readonly provisionId: number
  readonly network: number
  readonly range: number
  readonly ip: string
  readonly external: string | undefined
}

/** What a host's agent says. */
export interface HostView {
  readonly connected: boolean
  /** For how long it has not acknowledged the newest state without faults, in milliseconds; 0 when it has. */
  readonly unsettledMs: number
  readonly faults: readonly string[]
  /** Whether the VM's port is plugged in, by address; null while no report speaks of the newest state. */
  readonly armed: ReadonlyMap<string, boolean> | null
}

/**
 * `right` all agree; `idle` no VM holds it; `moving` somebody is at work; `wrong` they disagree;
 * `broken` nothing of ours can put it right.
 */
export type Verdict = 'right' | 'idle' | 'moving' | 'wrong' | 'broken'

export type Repair =
  /** Host first, then cloud: `place` waits for the mapping. */
  | { readonly kind: 'place'; readonly place: Place }
  /** No host maps it any more; what comes for it would only circle. */
  | { readonly kind: 'release'; readonly place: Place }

export interface AddressTruth {
  readonly provisionId: number
  readonly external: string
  readonly ip: string
  /** Scaleway's word. */
  readonly status: string
  readonly reverse: string
  /** OpenNebula's name of the host it is attached to; a server's id when it is none of the provision's. */
  readonly attachedTo: string | null
  readonly vm: number | null
  /** OpenNebula's name of the host on which its VM holds it. */
  readonly wantedOn: string | null
  readonly verdict: Verdict
  /** What is wrong, in a sentence; null when nothing is. */
  readonly sentence: string | null
  readonly repair: Repair | null
}

export interface Truth {
  readonly addresses: readonly AddressTruth[]
  /** What is wrong and belongs to no address of the cloud, by provision. */
  readonly findings: readonly { readonly provisionId: number; readonly sentence: string }[]
}

/** How long a driver of OpenNebula may be at work before its moment counts as forgotten. */
const driversMs = 10 * 60_000
/** How long hosts, ports and reports may take to follow. */
const followsMs = 60_000

/**
 * Compares where each address is with where its VM is. Pure. Of an address that a driver, or work of
 * ours, is busy with nothing is said; an address of no VM that is attached nowhere is at rest.
 */
export function truthOf(view: View): Truth {
  const names = new Map(
    view.provisions.flatMap(({ servers }) =>
      servers.map(({ server, publicAddress }) => [server, publicAddress] as const),
    ),
  )
  const ids = new Set(view.provisions.map(({ id }) => id))
  const known = view.cloud.filter(({ provisionId }) => ids.has(provisionId))
  const nameOf = (server: string) => names.get(server) ?? `server ${server}`
  const addresses = known.map((address): AddressTruth => {
    const claim = view.claims.find((one) => isFor(one, address))
    const { provisionId, external, ip, status, reverse, server } = address
    return {
      ...{ provisionId, external, ip, status, reverse },
      attachedTo: server === null ? null : nameOf(server),
      vm: claim?.vm ?? null,
      wantedOn: claim ? nameOf(claim.server) : null,
      ...(claim ? held(address, claim, view, nameOf) : free(address, view, names)),
    }
  })
  return { addresses, findings: [...lost(view, known, ids), ...unsettled(view, ids, nameOf)] }
}

type Judgement = Pick<AddressTruth, 'verdict' | 'sentence' | 'repair'>
type Cloud = View['cloud'][number]
type NameOf = (server: string) => string

const quiet = (verdict: Verdict): Judgement => ({ verdict, sentence: null, repair: null })

function isFor(claim: Claim, { provisionId, external, ip }: Cloud): boolean {
  return claim.provisionId === provisionId && claim.external === external && claim.ip === ip
}

function held(address: Cloud, claim: AgedClaim, view: View, nameOf: NameOf): Judgement {
  const { external, status, server, provisionId, ip } = address
  const whose = `${external} of VM ${claim.vm}`
  const host = nameOf(claim.server)
  const there = status === 'attached' && server === claim.server
  if (there) return served(claim, view.hosts.get(claim.server), whose, host)
  const driven = claim.phase !== 'rest' && claim.forMs < driversMs
  if (view.underWay.has(external) || driven) return quiet('moving')
  const place = { provisionId, external, ip, server: claim.server }
  const repair: Repair = { kind: 'place', place }
  const wrong = (where: string): Judgement => ({
    ...{ verdict: 'wrong', sentence: `${whose} ${where}, and is wanted on ${host}`, repair },
  })
  if (status === 'ready') return wrong('is attached nowhere')
  if (status === 'attached') return wrong(`is attached to ${server && nameOf(server)}`)
  // Nobody of this controller is at it: one that died was.
  if (status === 'updating' || status === 'detaching') return wrong(`is ${status}`)
  return {
    ...{ verdict: 'broken', repair: null },
    sentence: `${whose} is ${status} at Scaleway, and out of use until its support has seen to it`,
  }
}

/** The cloud is right; whether the host serves it as well is the agent's to say and to repair. */
function served(
  claim: AgedClaim,
  host: HostView | undefined,
  whose: string,
  name: string,
): Judgement {
  const settled = claim.phase === 'rest' && claim.forMs > followsMs
  if (!settled || host?.armed?.get(claim.external) !== false) return quiet('right')
  return {
    ...{ verdict: 'wrong', repair: null },
    sentence: `${whose} is attached to ${name}, where the VM's port is not plugged in`,
  }
}

/** No VM holds it. Left by a `clean` that could not reach the cloud, it is taken away a look later. */
function free(address: Cloud, view: View, names: ReadonlyMap<string, string>): Judgement {
  const { external, status, server, provisionId, ip } = address
  if (status !== 'attached' || server === null) return quiet('idle')
  const name = names.get(server)
  if (name === undefined || view.underWay.has(external)) return quiet('idle')
  if (!view.idleBefore.has(external)) return quiet('idle')
  const place = { provisionId, external, ip, server }
  const sentence = `${external} is attached to ${name}, where no VM holds it`
  return { verdict: 'wrong', sentence, repair: { kind: 'release', place } }
}

/** What OpenNebula has and the cloud has not. */
function lost(view: View, cloud: readonly Cloud[], ids: ReadonlySet<number>): Truth['findings'] {
  const claims = view.claims
    .filter((claim) => ids.has(claim.provisionId) && !cloud.some((one) => isFor(claim, one)))
    .map(({ provisionId, external, ip, vm }) => {
      const other = cloud.find((one) => one.external === external)
      const why = !other
        ? 'which is no flexible IP of the provision'
        : other.provisionId === provisionId
          ? `which belongs to ${other.ip}, not to ${ip}`
          : `which is of provision ${other.provisionId}`
      return { provisionId, sentence: `VM ${vm} has ${external}, ${why}` }
    })
  const ranges = view.ranges
    .filter(({ provisionId }) => ids.has(provisionId))
    .flatMap(({ provisionId, ...range }) => {
      const sentence = strayed(range, cloud)
      return sentence === undefined ? [] : [{ provisionId, sentence }]
    })
  return [...claims, ...ranges]
}

function strayed(
  { network, range, ip, external }: Omit<RangeFacts, 'provisionId'>,
  cloud: readonly Cloud[],
): string | undefined {
  const what = `Range ${range} of network ${network}`
  const address = cloud.find((one) => one.ip === ip)
  if (!address) return `${what} is for ${external ?? ip}, which is no flexible IP of the provision`
  if (external === address.external) return undefined
  const says = external === undefined ? 'has no EXTERNAL_IP' : `says EXTERNAL_IP ${external}`
  return `${what} ${says}; new VMs get ${address.external} once onevnet updatear has given it back`
}

/** A host that does not take its state serves what it did before. */
function unsettled(view: View, ids: ReadonlySet<number>, nameOf: NameOf): Truth['findings'] {
  const claims = view.claims.filter(({ provisionId }) => ids.has(provisionId))
  return [...Map.groupBy(claims, ({ server }) => server)].flatMap(([server, held]) => {
    const [first] = held
    const host = view.hosts.get(server)
    if (!first || (host && host.unsettledMs <= followsMs)) return []
    const faults = host?.faults.length ? `: ${host.faults.join('; ')}` : ''
    const why = host?.connected
      ? `its agent has not taken its newest state${faults}`
      : 'its agent is not connected'
    const addresses = held.map(({ external }) => external).join(', ')
    const sentence = `Host ${nameOf(server)} shall serve ${addresses}, but ${why}`
    return [{ provisionId: first.provisionId, sentence }]
  })
}
