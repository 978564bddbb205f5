import type { HostSpec } from '../../lib/contract/index.ts'
import type { Exec } from '../exec/index.ts'
import type { Observed } from '../host/index.ts'
import { isNoNamespace, outputOf, readBeside, readHost, readNamespace } from '../observe/index.ts'
import { plan, wantedOf } from '../plan/index.ts'
import type { Facts, KnownMac } from './facts.ts'
import type { Chain } from './forward-rules.ts'
import { conntrackKeys } from './hops/conntrack.ts'
import { parseForward } from './parse-forward.ts'
import { parseLegacy } from './parse-legacy.ts'

type KernelFacts = Omit<Facts, 'spec' | 'routing' | 'paths'>

/**
 * Reads the host as the agent does, with the namespaces of these networks in full, and what the agent
 * has no use for: carriers, learnt MACs, other programs' rules. Throws EDGE_KERNEL_UNREADABLE.
 */
export async function gatherKernel(
  exec: Exec,
  spec: HostSpec,
  namespaces: readonly string[],
  controllers: readonly string[],
): Promise<KernelFacts> {
  const [observed, carriers, macs, nft, legacy] = await Promise.all([
    observe(exec, spec, namespaces).then((seen) => ({ ...seen, controllers })),
    json(exec, ['ip', '-j', 'link', 'show']).then(carriersOf),
    json(exec, ['bridge', '-j', 'fdb', 'show']).then(macsOf),
    exec
      .run(['nft', '-j', 'list', 'ruleset'])
      .then(({ code, stdout }) => (code === 0 ? parseForward(stdout) : null)),
    legacyChains(exec),
  ])
  const { ground, network, faults, wanted } = plan(spec, observed)
  return {
    ...{ observed, wanted, faults, carriers, macs },
    steps: [...ground, ...network],
    forward: {
      chains: [...(nft ?? []), ...(legacy ?? [])],
      isWhole: nft !== null && legacy !== null,
    },
  }
}

async function observe(exec: Exec, spec: HostSpec, chosen: readonly string[]): Promise<Observed> {
  const { host, namespaces } = await readHost(exec)
  const { sysctls, routers } = wantedOf(spec, { host, namespaces, inside: {}, broken: [] })
  const keys = sysctls.map(({ key }) => key)
  const inside: Record<string, Observed['host']> = {}
  const broken: string[] = []
  const look = async ({ namespace, inside: wanted }: (typeof routers)[number]): Promise<void> => {
    try {
      const own = wanted.sysctls.map(({ key }) => key)
      inside[namespace] = await readNamespace(exec, namespace, [...own, ...conntrackKeys])
    } catch (error) {
      if (isNoNamespace(error)) broken.push(namespace)
    }
  }
  const present = routers.filter(
    ({ namespace }) => namespaces.includes(namespace) && chosen.includes(namespace),
  )
  await Promise.all(present.map(look))
  const { forwards, ...beside } = await readBeside(exec, [...keys, ...conntrackKeys])
  return { host: { ...host, ...beside }, namespaces, inside, broken, forwards }
}

type Json = Readonly<Record<string, unknown>>

async function json(exec: Exec, argv: readonly string[]): Promise<readonly Json[]> {
  const stdout = await outputOf(exec, argv)
  const value: unknown = stdout.trim() === '' ? [] : JSON.parse(stdout)
  return Array.isArray(value) ? (value as Json[]) : []
}

function carriersOf(links: readonly Json[]): ReadonlySet<string> {
  const held = links.filter(
    ({ flags }) =>
      Array.isArray(flags) && flags.includes('LOWER_UP') && !flags.includes('NO-CARRIER'),
  )
  return new Set(held.map(({ ifname }) => String(ifname)))
}

function macsOf(entries: readonly Json[]): KnownMac[] {
  const textOrNull = (value: unknown) => (value === undefined ? null : String(value))
  return entries.map(({ mac, ifname, master, dst }) => ({
    mac: String(mac),
    device: String(ifname),
    bridge: textOrNull(master),
    destination: textOrNull(dst),
  }))
}

/** Only where somebody loaded a table already: looking must not load one. Null when it cannot be listed. */
async function legacyChains(exec: Exec): Promise<Chain[] | null> {
  const { stdout } = await exec.run(['cat', '/proc/net/ip_tables_names'])
  if (!stdout.split('\n').includes('filter')) return []
  const { code, stdout: rules } = await exec.run(['iptables-legacy', '-w', '5', '-S'])
  return code === 0 ? parseLegacy(rules) : null
}
