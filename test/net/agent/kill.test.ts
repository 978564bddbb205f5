import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { createNetwork } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { elasticOf, hostSpec, vmPort } from '../../unit/agent-net/specs.ts'
import { createFabric, type Machine } from './fabric.ts'
import { stateOf } from './state-of.ts'

const fabric = createFabric()
const directory = await mkdtemp(join(tmpdir(), 'agent-'))
t.teardown(async () => {
  await fabric.close()
  await rm(directory, { recursive: true, force: true })
})

/** Two private networks, a public one, a VM with an elastic address. */
const before = hostSpec({ ports: [vmPort(1, 5, '172.30.0.11')] })
/** One network less, one VM more, and everything of the first gone elsewhere. */
const after: HostSpec = hostSpec({
  generation: 2,
  networks: before.networks.filter(({ id }) => id !== 6),
  ports: [vmPort(2, 4, '100.64.0.5')],
  elastics: [elasticOf(2, 2)],
})

/** A server with its two NICs, as it is delivered, and the taps of two VMs. */
async function server(): Promise<Machine> {
  const machine = await fabric.machine('server')
  await machine.sh(`for nic in eth0 eth1; do ip link add $nic type veth peer name far-$nic; ip link set far-$nic up; ip link set $nic up; done
    ip addr add 51.15.0.11/24 dev eth0; ip route add default via 51.15.0.1; iptables-nft -P FORWARD DROP
    for vm in 1 2; do ip link add one-$vm-0 type veth peer name vm$vm; ip link set one-$vm-0 up; done`)
  return machine
}

/** The hypervisor's part, whenever the bridges are there. */
const plug = (machine: Machine) =>
  machine.tries('ip link set one-1-0 master onebr5; ip link set one-2-0 master onebr4')

const networkOn = ({ exec }: Machine) =>
  createNetwork({
    exec,
    frr: { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] },
    logger: silent,
    clock: createClock(),
  })

/** The whole of a life: from a bare server to `before`, VMs plugged, then to `after`; the host at both. */
async function continued(machine: Machine): Promise<unknown[]> {
  const network = networkOn(machine)
  const states: unknown[] = []
  for (const spec of [before, after]) {
    await network.reconcile(spec)
    await plug(machine)
    t.same((await network.reconcile(spec)).faults, [])
    t.same(await network.plan(spec), [])
    states.push(stateOf(await network.observed(spec)))
  }
  return states
}

/** A server that has come to rest at `before`. */
async function settled(): Promise<Machine> {
  const machine = await server()
  const network = networkOn(machine)
  await network.reconcile(before)
  await plug(machine)
  await network.reconcile(before)
  return machine
}

/** What an agent is to do; `kept` is what it did before and remembers, so that it hurries. */
interface Round {
  readonly spec: HostSpec
  readonly kept?: HostSpec
}

async function dyingRound(machine: Machine, { spec, kept }: Round, count = '0', when = 'before') {
  const fileOf = async (written: HostSpec) => {
    const file = join(directory, `${written.generation}.json`)
    await writeFile(file, JSON.stringify(written))
    return file
  }
  const program = join(import.meta.dirname, 'mortal.ts')
  const words = [await fileOf(spec), count, when, ...(kept ? [await fileOf(kept)] : [])]
  const prefix = ['-t', String(machine.pid), '-n', '-m', '--']
  return execa('nsenter', [...prefix, process.execPath, program, ...words], { reject: false })
}

/** Where a round can be cut: at every program that changes something, before it or in its middle. */
async function deaths(machine: Machine, round: Round): Promise<[string, string][]> {
  const { stdout } = await dyingRound(machine, round)
  const { faults, changes } = JSON.parse(stdout) as { faults: string[]; changes: boolean[] }
  t.same(faults, [])
  return changes.flatMap((isChange, index): [string, string][] =>
    isChange
      ? [
          [String(index + 1), 'before'],
          [String(index + 1), 'during'],
        ]
      : [],
  )
}

/** All of them take minutes: EVERY=1 dies them, the gate every fifth, both ways of dying among them. */
const stride = process.env['EVERY'] === undefined ? 5 : 1

t.test('killed at any step, the next agent ends where an undisturbed one ends', async (t) => {
  const clean = await server()
  const rounds: Record<string, Round & { readonly from: () => Promise<Machine> }> = {
    building: { spec: before, from: server },
    changing: { spec: after, from: settled },
    hurrying: { spec: after, kept: before, from: settled },
  }
  const want = await continued(clean)
  const die = async (name: string, [count, when]: [string, string]) => {
    const { from, ...round } = rounds[name] as (typeof rounds)[string]
    const machine = await from()
    const { signal } = await dyingRound(machine, round, count, when)
    const title = `${name}, ${when} program ${count}`
    t.equal(signal, 'SIGKILL', title)
    t.same(await continued(machine), want, title)
    await fabric.drop(machine)
  }
  const all: (() => Promise<void>)[] = []
  for (const [name, { from, ...round }] of Object.entries(rounds)) {
    const points = await deaths(await from(), round)
    t.ok(points.length > 10, `there is something to cut while ${name}`)
    t.comment(`${points.length} deaths while ${name}`)
    all.push(...points.map((at) => () => die(name, at)))
  }
  const chosen = all.filter((_, index) => index % stride === 0)
  await Promise.all(
    [0, 1].map(async (lane) => {
      for (const [index, run] of chosen.entries()) if (index % 2 === lane) await run()
    }),
  )
})
