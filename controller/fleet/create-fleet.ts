import { coalesced, poll } from '../../lib/clock/index.ts'
import type { HostSpec } from '../../lib/contract/index.ts'
import { type Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { Network, Vm } from '../opennebula/index.ts'
import type { Claim } from './claims.ts'
import { compileHostSpec, type HostContent } from './compile-host-spec.ts'
import { defaultPools, type ProvisionFacts } from './facts.ts'
import { fleetFault } from './faults.ts'
import type { Fleet, FleetOptions, SettleWait } from './fleet.ts'
import { createMoves } from './moves.ts'

const pollMs = 5_000
const learnedWithinMs = 10_000

interface Seen {
  readonly networks: readonly Network[]
  readonly vms: readonly Vm[]
}

/**
 * The fleet of one controller. Generations are one count for all servers, from 1: a controller's
 * epoch is new at every start, so a pair of epoch and generation is never used for two specs.
 */
export function createFleet(options: FleetOptions): Fleet {
  const { one, hub, clock, logger, epoch, pools = defaultPools } = options
  const moves = createMoves()
  const provisions = new Map<number, ProvisionFacts>()
  const refusals = new Map<number, readonly string[]>()
  const claims = new Map<number, readonly Claim[]>()
  const broken = new Set<number>()
  const looked = new Set<() => void>()
  const pushed = new Map<string, { readonly text: string; readonly spec: HostSpec }>()
  const closing = new AbortController()
  let polling: Promise<void> = Promise.resolve()
  let seen: Seen = { networks: [], vms: [] }
  let generation = 0

  async function look(): Promise<void> {
    const [networks, vms] = await Promise.all([one.networks.list(), one.vms.list()])
    seen = { networks, vms }
    moves.prune(vms)
    compile()
    for (const tell of looked) tell()
  }
  const refresh = coalesced(look)

  function compile(): void {
    for (const facts of provisions.values()) {
      try {
        compileProvision(facts, seen)
        broken.delete(facts.provisionId)
      } catch (error) {
        broken.add(facts.provisionId)
        // One provision that cannot be compiled must not keep the others from their changes.
        report(facts.provisionId, [`Its hosts keep what they have: ${sentenceOf(error)}`])
      }
    }
  }

  function compileProvision(facts: ProvisionFacts, now: Seen): void {
    const password = options.derive(`bgp/${facts.uuid}`).toString('base64url').slice(0, 32)
    const compiled = facts.servers.map((self) => ({
      ...compileHostSpec({ facts, self, ...now, moves, password, pools }),
      server: self.server,
    }))
    for (const { server, content } of compiled) push(server, content)
    claims.set(
      facts.provisionId,
      compiled.flatMap((one) => one.claims),
    )
    report(facts.provisionId, [...new Set(compiled.flatMap((one) => one.refusals))])
  }

  function push(server: string, content: HostContent): void {
    const text = JSON.stringify(content)
    const before = pushed.get(server)
    if (before?.text === text) return
    generation++
    const spec: HostSpec = { ...content, epoch, generation }
    pushed.set(server, { text, spec })
    hub.setSpec(server, spec)
    logger.debug('desired state changed', { server, generation })
  }

  function report(provision: number, sentences: readonly string[]): void {
    const before = new Set(refusals.get(provision))
    refusals.set(provision, sentences)
    for (const sentence of sentences) {
      if (!before.has(sentence)) logger.warn(sentence, { provision })
    }
  }

  async function watch(): Promise<void> {
    let silent = false
    while (!closing.signal.aborted) {
      try {
        if (provisions.size > 0) await refresh()
        silent = false
      } catch (error) {
        if (!silent) logger.warn('oned cannot be read; hosts keep what they have', causeOf(error))
        silent = true
      }
      await clock.rest(pollMs, closing.signal).catch(() => undefined)
    }
  }

  return {
    moves,
    async set(facts) {
      const staying = new Set(facts.servers.map(({ server }) => server))
      for (const { server } of provisions.get(facts.provisionId)?.servers ?? [])
        if (!staying.has(server)) pushed.delete(server)
      provisions.set(facts.provisionId, facts)
      await refresh()
    },
    forget(provisionId) {
      for (const { server } of provisions.get(provisionId)?.servers ?? []) pushed.delete(server)
      provisions.delete(provisionId)
      refusals.delete(provisionId)
      claims.delete(provisionId)
      broken.delete(provisionId)
    },
    facts: (provisionId) => provisions.get(provisionId),
    known: () => [...provisions.values()].filter(({ provisionId }) => !broken.has(provisionId)),
    claims: () => [...claims.values()].flat(),
    onLook(tell) {
      looked.add(tell)
      return () => looked.delete(tell)
    },
    server: (provisionId, hostId) => {
      const what = `host ${hostId} of provision ${provisionId}`
      const look = () => provisions.get(provisionId)?.servers.find((one) => one.hostId === hostId)
      return poll(clock, { what, everyMs: 500, withinMs: learnedWithinMs }, look).catch(() => {
        throw fleetFault('EDGE_FLEET_UNKNOWN', `Host ${hostId} is not in provision ${provisionId}`)
      })
    },
    refresh,
    compile,
    async waitSettled(provisionId, wait) {
      const facts = provisions.get(provisionId)
      if (!facts) throw unknownProvision(provisionId)
      const servers = wait.servers ?? facts.servers.map(({ server }) => server)
      await Promise.all(servers.map((server) => settled(server, wait)))
    },
    spec: (server) => pushed.get(server)?.spec,
    refusals: (provisionId) => refusals.get(provisionId) ?? [],
    vms: () => seen.vms,
    networks: () => seen.networks,
    start() {
      polling = watch()
    },
    async close() {
      closing.abort()
      await polling
    },
  }

  async function settled(server: string, { withinMs, signal }: SettleWait): Promise<void> {
    const spec = pushed.get(server)?.spec
    if (!spec) throw unknownServer(server)
    const wait = signal === undefined ? { withinMs } : { withinMs, signal }
    await hub.waitApplied(server, spec.epoch, spec.generation, wait)
  }
}

function causeOf(error: unknown) {
  return { cause: sentenceOf(error) }
}

function unknownProvision(id: number): Fault {
  return fleetFault('EDGE_FLEET_UNKNOWN', `Provision ${id} has no hosts in the fleet`)
}

function unknownServer(server: string): Fault {
  return fleetFault('EDGE_FLEET_UNKNOWN', `Server ${server} is not in the fleet`)
}
