import fc from 'fast-check'
import t from 'tap'
import { isOurNamespace, type Observed, type Stack } from '../../../agent/host/index.ts'
import { readBeside, readHost, readNamespace } from '../../../agent/observe/index.ts'
import { plan, type Wanted, wantedOf } from '../../../agent/plan/index.ts'
import { createNetwork } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { anySpec } from '../../unit/agent-net/any-spec.ts'
import { firstDifference, wholeOf } from '../../unit/agent-net/converge.ts'
import { anyDamage, type Damage, type Hand, handsOf } from '../../unit/agent-net/damage.ts'
import { createModel, type Model } from '../../unit/agent-net/model.ts'
import { createFabric, type Fabric, type Machine } from './fabric.ts'

/*
 * The model of the kernel, on which the properties of a plan are tested, against the kernel itself: the
 * same specs and the same damage to both, and both must look the same after each. What this kernel
 * lacks (VLANs) and what only a model does (a reboot) is left out.
 */

/** A search of an hour is RUNS=1000 SEED=$RANDOM; unset, as many as fit into the budget, one at least. */
const histories = Number(process.env['RUNS'] ?? 30)
const budgetMs = process.env['RUNS'] === undefined ? 40_000 : Number.POSITIVE_INFINITY
/** The gate asks the same questions each time; a search asks its own. */
const seed = Number(process.env['SEED'] ?? 787566)
const patienceMs = 30_000

const onLink = anySpec.map(
  (spec): HostSpec => ({
    ...spec,
    underlay: { ...spec.underlay, medium: { kind: 'link', device: 'eth1' } },
  }),
)
const anyHistory = fc.array(
  fc.record({ spec: onLink, damages: fc.array(anyDamage, { minLength: 4, maxLength: 8 }) }),
  { minLength: 2, maxLength: 3 },
)
type History = readonly { readonly spec: HostSpec; readonly damages: readonly Damage[] }[]

const fabric = createFabric()
t.teardown(() => fabric.close())

t.test(`the model and the real kernel go through the same histories (SEED=${seed})`, async (t) => {
  const startedMs = performance.now()
  let done = 0
  for (const history of fc.sample(anyHistory, { seed, numRuns: histories })) {
    if (done > 0 && performance.now() - startedMs > budgetMs) break
    done++
    const difference = await firstDifferenceOf(history, `host${done}`)
    t.equal(difference, null, `history ${done}`)
    if (difference !== null) break
  }
  t.comment(`${done} histories`)
})

/** Both are told the same; where they part, and what they had been told until then. */
async function firstDifferenceOf(history: History, name: string): Promise<string | null> {
  const machine = await serverOf(fabric, name)
  const model = createModel(await knobsOf(machine))
  const network = createNetwork({
    exec: machine.exec,
    frr: { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] },
    logger: silent,
    clock: createClock(),
  })
  const told: string[] = []
  const parted = (difference: string) => `${difference}, after\n${told.join('\n')}`
  for (const { spec, damages } of history) {
    for (const happens of [[], damages]) {
      for (const damage of happens) {
        for (const hand of handsOf(model.kernel, damage)) {
          if (hand.line === null) continue
          told.push(`${damage.what}: ${hand.at ?? 'host'}: ${hand.line}`)
          const refused = await inflict(machine, hand)
          if (actsOn(model, hand) !== (refused === null)) return parted(refused ?? 'it was taken')
        }
      }
      if (happens.length > 0) {
        const difference = await untilSame(machine, model, spec)
        if (difference !== null) return parted(difference)
      }
      told.push(`reconciled: ${JSON.stringify(spec)}`)
      // A busy machine may need a second call; what the spec may not have is a fault for ever.
      for (let call = 0; call < 4; call++)
        if ((await network.reconcile(spec)).steps.length === 0) break
      reconcile(model, spec)
      const difference = await untilSame(machine, model, spec)
      if (difference !== null) return parted(difference)
    }
  }
  await machine.sh('for name in $(ls /run/netns); do ip netns delete $name; done')
  return null
}

/** A server as the model has it: a public NIC with a default route, and the private network's. */
async function serverOf({ machine, cable }: Fabric, name: string): Promise<Machine> {
  const outside = await machine(`${name}-outside`)
  const server = await machine(name)
  await cable(outside, 'public0', server, 'eth0')
  await cable(outside, 'private0', server, 'eth1')
  await server.sh(`ip link set eth1 down; ip address add 51.15.0.11/24 dev eth0
    ip route add default via 51.15.0.1`)
  return server
}

async function knobsOf(machine: Machine) {
  const promotes = await machine.sh('cat /proc/sys/net/ipv4/conf/all/promote_secondaries')
  return {
    promotes: promotes.trim() === '1',
    ipv6: await machine.tries('test -e /proc/sys/net/ipv6'),
    bridgeFilter: await machine.tries('test -e /proc/sys/net/bridge'),
    chainsDie: await machine.tries(`ip link add probe type bridge
      printf 'table netdev probe {\\nchain c {\\ntype filter hook ingress device "probe" priority 0;\\n}\\n}\\n' | nft -f -
      ip link delete probe; nft list table netdev probe | grep -q chain && lives=1
      nft delete table netdev probe; test -z "$lives"`),
  }
}

/** What the machine said when it refused; null when it did as told. */
async function inflict(machine: Machine, { at, line }: Hand): Promise<string | null> {
  const within = at === null ? [] : ['nsenter', `--net=/run/netns/${at}`, '--']
  const argv = [...within, 'bash', '--norc', '-ec', line ?? '']
  const { code, stderr } = await machine.exec.run(argv, { deadlineMs: 120_000 })
  return code === 0 ? null : stderr.trim()
}

function actsOn({ kernel }: Model, { act }: Hand): boolean {
  try {
    act(kernel)
    return true
  } catch {
    return false
  }
}

/** As the agent's own loop does, with eyes for everything; what the kernel refuses is tried again. */
function reconcile(model: Model, spec: HostSpec): void {
  for (let round = 0; round < 6; round++) {
    const { ground, network } = plan(spec, seen(model.observed(), spec))
    const steps = [...ground, ...network]
    if (steps.length === 0) return
    for (const step of steps) {
      try {
        model.apply([step])
      } catch {
        // As `ip -force` does: the others go on.
      }
    }
  }
}

const seen = (observed: Observed, spec: HostSpec): Observed => {
  const keys = new Set(wantedOf(spec, observed).sysctls.map(({ key }) => key))
  const sysctls = Object.entries(observed.host.sysctls).filter(([key]) => keys.has(key))
  return { ...observed, host: { ...observed.host, sysctls: Object.fromEntries(sysctls) } }
}

/** The first difference that stays: devices of a deleted namespace take their time to go. */
async function untilSame(machine: Machine, model: Model, spec: HostSpec): Promise<string | null> {
  const want = plain(model.observed(), wantedOf(spec, model.observed()))
  const deadline = Date.now() + patienceMs
  for (;;) {
    const observed = await read(machine, spec)
    const difference = firstDifference(plain(observed, wantedOf(spec, observed)), want)
    if (difference === null || Date.now() > deadline) return difference
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function read({ exec }: Machine, spec: HostSpec): Promise<Observed> {
  const { host, namespaces } = await readHost(exec)
  const wanted = wantedOf(spec, { host, namespaces, inside: {}, broken: [] })
  const keys = wanted.sysctls.map(({ key }) => key)
  const broken: string[] = []
  const inside: Record<string, Stack> = {}
  for (const name of namespaces.filter(isOurNamespace)) {
    const keysInside = wanted.routers.flatMap((router) =>
      router.namespace === name ? router.inside.sysctls.map(({ key }) => key) : [],
    )
    try {
      inside[name] = await readNamespace(exec, name, keysInside)
    } catch {
      broken.push(name)
    }
  }
  return { host: { ...host, ...(await readBeside(exec, keys)) }, namespaces, inside, broken }
}

const cabled = new Set(['eth0', 'eth1', 'scwpn'])

/** Without what the two name differently: a cable is hardware, and only some MACs are given. */
function plain(observed: Observed, wanted: Wanted): unknown {
  const stack = (at: Stack): Stack => ({
    ...at,
    addresses: at.addresses.filter(({ device }) => device !== 'lo'),
    links: at.links.map((link) => ({
      ...link,
      kind: cabled.has(link.name) ? null : link.kind,
      mac: link.group === '77' || link.name === 'r0' ? link.mac : '',
    })),
  })
  const settings = (at: Stack | undefined, keys: readonly { readonly key: string }[]) =>
    Object.fromEntries(keys.map(({ key }) => [key, at?.sysctls[key] ?? null]))
  return {
    whole: wholeOf({
      ...observed,
      host: stack(observed.host),
      inside: Object.fromEntries(
        Object.entries(observed.inside).map(([name, at]) => [name, stack(at)]),
      ),
    }),
    settings: settings(observed.host, wanted.sysctls),
    settingsInside: Object.fromEntries(
      wanted.routers
        .filter(({ namespace }) => namespace in observed.inside)
        .map(({ namespace, inside }) => [
          namespace,
          settings(observed.inside[namespace], inside.sysctls),
        ]),
    ),
  }
}
