import type { ElasticTraffic } from '../../lib/contract/index.ts'
import { type Exec, fixedProgram, insideNamespace } from '../exec/index.ts'
import { namespaceOf, tableName } from '../host/index.ts'
import { trafficSets } from '../nat/index.ts'
import { fault } from './faults.ts'

/** What a public network's router counts. */
export interface RouterCounters {
  /** By the VM's own address. */
  readonly traffic: ReadonlyMap<string, ElasticTraffic>
  /** Entries in the namespace's connection table. */
  readonly connections: number
}

/**
 * Reads the counters of a public network in one process, however many addresses it has. Throws
 * EDGE_COUNTERS_UNREADABLE.
 */
export async function readRouter(exec: Exec, network: number): Promise<RouterCounters> {
  const { code, stdout, stderr } = await exec.run(
    insideNamespace(namespaceOf(network), fixedProgram(program)),
  )
  if (code !== 0) {
    throw fault('EDGE_COUNTERS_UNREADABLE', `The counters of ${namespaceOf(network)} stay hidden`, {
      answer: stderr.trim().slice(0, 300),
    })
  }
  const end = stdout.indexOf('\n')
  return {
    connections: Number(stdout.slice(0, end)),
    traffic: trafficIn(stdout.slice(end + 1)),
  }
}

// The count is the namespace's own, and read without a process; it is absent without conntrack.
const program = `
used=0
{ read -r used < /proc/sys/net/netfilter/nf_conntrack_count; } 2>/dev/null || true
echo "$used"
exec nft -j list table ip ${tableName}
`

interface Listing {
  readonly nftables: readonly {
    readonly set?: { readonly name: string; readonly elem?: readonly unknown[] }
  }[]
}

/** Counters out of `nft -j list table`: elements are `{elem: {val, counter: {packets, bytes}}}`. */
export function trafficIn(listing: string): Map<string, ElasticTraffic> {
  const { nftables } = JSON.parse(listing) as Listing
  const [sent, received] = trafficSets.map((name) =>
    countersOf(nftables.find(({ set }) => set?.name === name)?.set?.elem ?? []),
  )
  return new Map(
    [...(sent ?? [])].map(([address, { packets, bytes }]) => {
      const inward = received?.get(address)
      return [
        address,
        {
          ...{ sentPackets: packets, sentBytes: bytes },
          ...{ receivedPackets: inward?.packets ?? 0, receivedBytes: inward?.bytes ?? 0 },
        },
      ]
    }),
  )
}

interface Counter {
  readonly packets: number
  readonly bytes: number
}

function countersOf(elements: readonly unknown[]): Map<string, Counter> {
  return new Map(
    elements.flatMap((element): [string, Counter][] => {
      const { elem } = element as { elem?: { val: string; counter?: Counter } }
      return elem?.counter === undefined ? [] : [[elem.val, elem.counter]]
    }),
  )
}
