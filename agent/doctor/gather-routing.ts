import { type HostSpec, underlayName } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import { openVty, type Vty } from '../frr/index.ts'
import type { FrrStep } from '../plan/index.ts'
import type { Daemon, Routing } from './facts.ts'
import {
  parseBfd,
  parseFloods,
  parseInterface,
  parseMacRoute,
  parseRemote,
  parseSessions,
  parseVnis,
} from './parse-routing.ts'

export interface RoutingMeans {
  /** Where FRR's vty sockets are. */
  readonly frrRunDirectory: string
  /** What the agent would tell FRR now. */
  readonly frrPlan: (spec: HostSpec) => Promise<readonly FrrStep[]>
}

/** A MAC, with the addresses it may be announced with. */
export interface AskedMac {
  readonly vni: number
  readonly mac: string
  readonly addresses: readonly string[]
}

/** Asks FRR's daemons; what one of them does not answer, or not as expected, is null. */
export async function gatherRouting(
  { frrRunDirectory, frrPlan }: RoutingMeans,
  spec: HostSpec,
  asked: readonly AskedMac[],
): Promise<Routing> {
  const silent: Partial<Record<Daemon, string>> = {}
  const from = async <T>(daemon: Daemon, ask: (vty: Vty) => Promise<T>): Promise<T | null> => {
    try {
      return await withVty(frrRunDirectory, daemon, ask)
    } catch (error) {
      // A daemon whose answer is no JSON is there all the same.
      if (!(error instanceof SyntaxError)) silent[daemon] = sentenceOf(error)
      return null
    }
  }
  const [zebra, bgpd, bfdd] = await Promise.all([
    from('zebra', async (vty) => ({
      addresses: parseInterface(await show(vty, `show interface ${underlayName}`)),
      vnis: parseVnis(await show(vty, 'show evpn vni json')),
    })),
    from('bgpd', async (vty) => ({
      sessions: parseSessions(await show(vty, 'show bgp neighbors json')),
      floods: parseFloods(await show(vty, 'show bgp l2vpn evpn route detail type multicast')),
      macs: await macRoutes(vty, asked),
    })),
    from('bfdd', async (vty) => parseBfd(await show(vty, 'show bfd peers json'))),
  ])
  return {
    silent,
    // Of these two alone the agent compares what they show.
    changes:
      silent.bgpd !== undefined || silent.bfdd !== undefined ? [] : await changes(frrPlan, spec),
    addresses: zebra?.addresses ?? null,
    vnis: zebra?.vnis ?? null,
    sessions: bgpd?.sessions ?? null,
    floods: bgpd?.floods ?? null,
    macs: bgpd?.macs ?? null,
    bfd: bfdd,
  }
}

/** Who announces an address in these VNIs, in their order; null when zebra does not answer. */
export async function whereabouts(
  { frrRunDirectory }: Pick<RoutingMeans, 'frrRunDirectory'>,
  vnis: readonly number[],
  address: string,
): Promise<({ mac: string; vtep: string } | null)[] | null> {
  try {
    return await withVty(frrRunDirectory, 'zebra', async (vty) => {
      const found: ({ mac: string; vtep: string } | null)[] = []
      for (const vni of vnis)
        found.push(
          parseRemote(await show(vty, `show evpn arp-cache vni ${vni} ip ${address} json`)),
        )
      return found
    })
  } catch {
    return null
  }
}

async function changes(frrPlan: RoutingMeans['frrPlan'], spec: HostSpec): Promise<string[]> {
  try {
    return (await frrPlan(spec)).map(({ sentence }) => sentence)
  } catch (error) {
    return [sentenceOf(error)]
  }
}

async function macRoutes(vty: Vty, asked: readonly AskedMac[]) {
  const routes = []
  for (const { vni, mac, addresses } of asked) {
    for (const address of [null, ...addresses]) {
      const words = address === null ? '' : ` ip ${address}`
      const output = await show(vty, `show bgp l2vpn evpn route vni ${vni} mac ${mac}${words} json`)
      routes.push(...parseMacRoute(output, { vni, mac, address }))
    }
  }
  return routes
}

async function withVty<T>(
  runDirectory: string,
  daemon: Daemon,
  ask: (vty: Vty) => Promise<T>,
): Promise<T> {
  const vty = await openVty(runDirectory, daemon)
  try {
    // bfdd shows nothing to a viewer.
    await vty.ask('enable')
    return await ask(vty)
  } finally {
    vty.close()
  }
}

/** A daemon that does not know the command says so in words, which are no answer. */
async function show(vty: Vty, command: string): Promise<string> {
  const { text, code } = await vty.ask(command)
  return code === 0 ? text : ''
}
