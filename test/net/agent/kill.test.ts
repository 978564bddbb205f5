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

/** The whole of a life: from a bare server to `before`, VMs plugged, then to `after`. */
async function continued(machine: Machine): Promise<unknown> {
  const network = networkOn(machine)
  for (const spec of [before, after]) {
    await network.reconcile(spec)
    await plug(machine)
    t.same((await network.reconcile(spec)).faults, [])
  }
  t.same(await network.plan(after), [])
  return stateOf(await network.observed(after))
}

async function dyingRound(machine: Machine, spec: HostSpec, ...death: string[]) {
  const file = join(directory, `${spec.generation}.json`)
  await writeFile(file, JSON.stringify(spec))
  const program = join(import.meta.dirname, 'mortal.ts')
  const prefix = ['-t', String(machine.pid), '-n', '-m', '--']
  return execa('nsenter', [...prefix, process.execPath, program, file, ...death], { reject: false })
}

/** Where a round can be cut: at every program that changes something, before it or in its middle. */
async function deaths(machine: Machine, spec: HostSpec): Promise<[string, string][]> {
  const { stdout } = await dyingRound(machine, spec)
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
  const building = await deaths(clean, before)
  await plug(clean)
  await networkOn(clean).reconcile(before)
  const changing = await deaths(clean, after)
  const want = await continued(clean)
  t.ok(building.length > 10 && changing.length > 10, 'there is something to cut')
  t.comment(`${building.length} deaths while building, ${changing.length} while changing`)

  const die = async (spec: HostSpec, [count, when]: [string, string]) => {
    const machine = await server()
    if (spec === after) {
      await networkOn(machine).reconcile(before)
      await plug(machine)
      await networkOn(machine).reconcile(before)
    }
    const { signal } = await dyingRound(machine, spec, count, when)
    const name = `generation ${spec.generation}, ${when} program ${count}`
    t.equal(signal, 'SIGKILL', name)
    t.same(await continued(machine), want, name)
    await fabric.drop(machine)
  }
  const all = [
    ...building.map((at) => () => die(before, at)),
    ...changing.map((at) => () => die(after, at)),
  ].filter((_, index) => index % stride === 0)
  await Promise.all(
    [0, 1].map(async (lane) => {
      for (const [index, run] of all.entries()) if (index % 2 === lane) await run()
    }),
  )
})
