import fc from 'fast-check'
import t from 'tap'
import {
  type Basis,
  changedPart,
  hasten,
  type NetworkStep,
  partOf,
  plan,
  wantedOf,
} from '../../../agent/plan/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { createModel, type Model } from './model.ts'
import { elasticOf, hostSpec, privateNetwork, vmPort } from './specs.ts'

const vms = [1, 2, 3].map((vm) => vmPort(vm, 4, `100.64.0.${2 * vm + 1}`))
const proxied = { address: '51.15.0.11', neighbour: 'proxy' } as const
const spec = (elastics: HostSpec['elastics'], changes: Partial<HostSpec> = {}): HostSpec =>
  hostSpec({ public: proxied, ports: vms, elastics, ...changes })
const [first, second] = [elasticOf(1, 1), elasticOf(2, 2)]

/** A host that was made to be as this spec says, its VMs plugged in, and what is known of it. */
function settled(wanted: HostSpec): { model: Model; basis: Basis } {
  const model = createModel()
  const round = () => {
    const { ground, network } = plan(wanted, model.observed())
    model.apply([...ground, ...network])
  }
  round()
  for (const { port } of vms) model.plug(port, 'onebr4')
  round()
  round()
  const observed = model.observed()
  return { model, basis: { wanted: plan(wanted, observed).wanted, observed } }
}

const rest = (model: Model, wanted: HostSpec): NetworkStep[] => {
  const { ground, network } = plan(wanted, model.observed())
  return [...ground, ...network]
}

t.test('an address that comes is all there before anybody looked', async (t) => {
  const { model, basis } = settled(spec([first]))
  const wanted = spec([first, second])
  const steps = hasten(basis, wanted)
  model.apply(steps)
  t.ok(steps.some(({ sentence }) => sentence === 'announce 195.154.0.2 on eth0'))
  t.same(
    rest(model, wanted).map(({ kind }) => kind),
    ['mark'],
    'the look only marks what it has seen',
  )
})

t.test('one that leaves is no longer answered for, and one that changes hands moves', async (t) => {
  const { model, basis } = settled(spec([first, second]))
  const gone = hasten(basis, spec([second]))
  t.match(gone[0], { kind: 'mark', mark: 'fx:changing:195.154.0.1' }, 'it is no longer vouched for')
  t.match(gone[1]?.sentence, /^drop route 195\.154\.0\.1 /, 'first of all')
  t.ok(gone.some(({ kind }) => kind === 'flush'))
  model.apply(gone)
  t.same(
    rest(model, spec([second])).map(({ kind }) => kind),
    ['mark'],
  )
  const other = { ...first, address: '100.64.0.7', gateway: '100.64.0.6', port: 'one-3-0' }
  const again = settled(spec([first]))
  again.model.apply(hasten(again.basis, spec([other])))
  t.same(
    rest(again.model, spec([other])).map(({ kind }) => kind),
    ['mark'],
  )
})

t.test('only what hangs on what is there hurries', async (t) => {
  const { basis } = settled(spec([first]))
  const networks = [...spec([]).networks, privateNetwork(7, 'new')]
  const publicNetworks = [
    ...spec([]).publicNetworks,
    { id: 8, name: 'second', bridge: 'onebr8', mtu: 1450 },
  ]
  const steps = hasten(basis, spec([first, second], { networks, publicNetworks }))
  t.same(
    [...new Set(steps.map(({ kind }) => kind))].sort(),
    ['announce', 'flush', 'mark', 'neighbour-set', 'route-set', 'table-change'],
    'nothing is made or loaded',
  )
  // Elements of sets may name devices that come later.
  const others = steps.filter(({ kind }) => kind !== 'table-change')
  t.notMatch(JSON.stringify(others), /onebr[78]|fx[lr]?[78]\b/)
})

t.test('an address whose VM is not plugged in is armed by nobody', async (t) => {
  const { basis } = settled(spec([first]))
  const { observed } = basis
  const links = observed.host.links.filter(({ name }) => name !== second.port)
  const without = { ...basis, observed: { ...observed, host: { ...observed.host, links } } }
  const steps = hasten(without, spec([first, second]))
  t.notOk(steps.some(({ kind }) => kind === 'announce' || kind === 'route-set'))
})

/** As the agent hurries: of both specifications only what differs between them. */
function inPart(before: HostSpec, after: HostSpec, { observed }: Basis): NetworkStep[] {
  const part = changedPart(before, after)
  if (part === null) return []
  const wanted = wantedOf(partOf(before, part), observed)
  return hasten({ wanted, observed }, partOf(after, part))
}

const claims = fc.record({
  vm: fc.integer({ min: 1, max: 3 }),
  last: fc.integer({ min: 1, max: 4 }),
  inner: fc.integer({ min: 1, max: 4 }),
})
/** Several of one VM, and some that claim what another one has. */
const anyElastics = fc.array(claims, { maxLength: 5 }).map((all) =>
  all.map(({ vm, last, inner }) => ({
    ...elasticOf(vm, last),
    address: `100.64.0.${2 * inner + 1}`,
    gateway: `100.64.0.${2 * inner}`,
  })),
)
const anyPorts = fc.subarray(vms, { minLength: 1 })

t.test('what differs alone is hurried just as the whole would be', async (t) => {
  fc.assert(
    fc.property(anyElastics, anyElastics, anyPorts, anyPorts, (old, now, had, has) => {
      const [before, after] = [spec(old, { ports: had }), spec(now, { ports: has })]
      const { basis } = settled(before)
      const whole = sentencesOf(hasten(basis, after))
      const part = sentencesOf(inPart(before, after, basis))
      // Without a changed address nobody hurries.
      if (part.length > 0) t.same(part, whole)
      else t.equal(changedPart(before, after) === null || whole.length === 0, true)
    }),
    { numRuns: 150 },
  )
})

/** Without the names of the sets that change, which are told as one list, and the order of sets. */
const sentencesOf = (steps: readonly NetworkStep[]) =>
  steps.map((step) => (step.kind === 'table-change' ? step.changes : step.sentence))
