import t from 'tap'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { converge, stepsOf } from './converge.ts'
import type { DamageName } from './damage.ts'
import { inflict } from './damage.ts'
import { removeLink, renameLink, setMaster } from './kernel/links.ts'
import { addAddress } from './kernel/stack.ts'
import { createModel, type Model } from './model.ts'
import { elasticOf, hostSpec, privateNetwork, vmPort } from './specs.ts'

/*
 * What the search over damaged hosts found, one by one: each of these was left as it was, or never
 * came to an end, before.
 */

const spec: HostSpec = hostSpec({
  ports: [vmPort(1, 5, '172.30.0.11'), vmPort(2, 4, '100.64.0.5')],
  elastics: [elasticOf(2, 2)],
})
const onVlan = (id: number): HostSpec => ({
  ...spec,
  underlay: { ...spec.underlay, medium: { kind: 'vlan', id } },
})

function running(of: HostSpec = spec): Model {
  const model = createModel()
  converge(model, of)
  model.plug('one-1-0', 'onebr5')
  model.plug('one-2-0', 'onebr4')
  converge(model, of)
  return model
}

/** What is said when a hand did this, all that was read. */
function sentencesAfter(model: Model, of: HostSpec = spec): string[] {
  return stepsOf(of, model.observed()).map(({ sentence }) => sentence)
}

const damaged = (what: DamageName, pick = 0, how = 0): Model => {
  const model = running()
  inflict(model.kernel, { what, pick, how })
  return model
}

const host = (model: Model) => model.observed().host
const link = (model: Model, name: string) => host(model).links.find((each) => each.name === name)
const inside = (model: Model, namespace: string, name: string) =>
  model.observed().inside[namespace]?.links.find((each) => each.name === name)

t.test('a network whose MTU changes has the new one inside its router too', async (t) => {
  const model = running()
  const changed = { ...spec, networks: [privateNetwork(5, 'red', { mtu: 1400 })] }
  converge(model, changed)
  t.equal(link(model, 'fxr5')?.mtu, 1400)
  t.equal(inside(model, 'fx5', 'r0')?.mtu, 1400)
})

t.test("a gateway whose MAC was changed has everybody's again", async (t) => {
  const model = running()
  for (const pick of [0, 2, 4]) inflict(model.kernel, { what: 'other MAC inside', pick, how: 0 })
  t.equal(inside(model, 'fx5', 'r0')?.mac, '0a:00:00:00:00:77')
  converge(model, spec)
  t.equal(inside(model, 'fx5', 'r0')?.mac, '02:00:5e:00:01:01')
})

t.test('a router whose device is renamed or gone inside is made anew', async (t) => {
  for (const what of ['renamed inside', 'deleted inside'] as const) {
    const model = damaged(what, 3)
    const sentences = sentencesAfter(model)
    t.ok(sentences.includes('create router namespace fx5 for network "red"'), what)
    t.notOk(
      sentences.some((sentence) => sentence.includes('fx6')),
      'the other one stands',
    )
    converge(model, spec)
    t.ok(inside(model, 'fx5', 'r0'))
  }
})

t.test("nothing of a stranger's stays inside a router", async (t) => {
  const model = running()
  for (const what of ['address', 'route', 'neighbour'] as const)
    for (const how of [0, 1, 2, 3])
      inflict(model.kernel, { what: `${what} extra inside`, pick: 3, how })
  const clean = running().observed().inside['fx5']
  converge(model, spec)
  const found = model.observed().inside['fx5']
  t.same(found?.addresses, clean?.addresses)
  t.same(found?.routes, clean?.routes)
  t.same(found?.neighbours, clean?.neighbours)
})

t.test('an underlay that somebody plugged into a bridge is taken out again', async (t) => {
  const model = running()
  setMaster(model.kernel, null, 'scwpn', 'onebr4')
  t.same(sentencesAfter(model), ['take scwpn out of its bridge'], 'and is no tap to isolate')
  setMaster(model.kernel, null, 'scwpn', null)
  setMaster(model.kernel, null, 'fxl5', 'onebr4')
  t.same(sentencesAfter(model), ['take fxl5 out of its bridge'])
})

t.test(
  'an address in the subnet of another comes to stay though the kernel takes both',
  async (t) => {
    const model = running()
    const moved = { ...spec, underlay: { ...spec.underlay, address: '10.180.0.21/22' } }
    const sentences = sentencesAfter(model, moved)
    const [taken, given] = ['take 10.180.0.11/22 from scwpn', 'give scwpn 10.180.0.21/22']
    t.ok(sentences.indexOf(taken) < sentences.indexOf(given), 'the old one goes first')
    converge(model, moved)
    t.same(
      host(model).addresses.filter(({ device }) => device === 'scwpn'),
      [{ device: 'scwpn', address: '10.180.0.21/22' }],
    )
  },
)

t.test('an address on a bridge of ours is taken away, one on a stranger is not', async (t) => {
  const model = running()
  inflict(model.kernel, { what: 'strangers on the host', pick: 0, how: 0 })
  addAddress(model.kernel, null, { device: 'onebr5', address: '172.30.0.1/24' })
  t.same(sentencesAfter(model), ['take 172.30.0.1/24 from onebr5'])
})

t.test('a flood list behind an underlay made anew is made anew as well', async (t) => {
  const model = running(onVlan(2001))
  converge(model, onVlan(2002))
  t.notOk(host(model).fdb.some(({ via }) => via !== null && via !== 'scwpn'))
  t.equal(host(model).fdb.filter(({ via }) => via === 'scwpn').length, 4)
})

t.test('a VLAN stays while there is no default route to make another by', async (t) => {
  const model = running(onVlan(2001))
  inflict(model.kernel, { what: 'no default route', pick: 0, how: 0 })
  const steps = stepsOf(onVlan(2002), model.observed())
  t.notOk(steps.some(({ kind }) => kind === 'link-delete'))
})

t.test('without its device the underlay waits, and the rest is applied', async (t) => {
  const model = running()
  removeLink(model.kernel, null, 'scwpn')
  converge(model, spec)
  t.same(sentencesAfter(model), [], 'nothing is tried again and again')
  t.ok(link(model, 'onebr5')?.up)
})

t.test('the VLAN of the private network is adopted under whatever name it has', async (t) => {
  const model = running(onVlan(2001))
  const bare = createModel()
  converge(bare, onVlan(2001))
  renameLink(bare.kernel, null, 'scwpn', 'eth0.2001')
  const stray = bare.kernel.worlds.get(null)?.links.find(({ name }) => name === 'eth0.2001')
  if (stray !== undefined) stray.group = 'default'
  t.match(sentencesAfter(bare, onVlan(2001)), ['rename eth0.2001 to scwpn'])
  converge(bare, onVlan(2001))
  t.same(link(bare, 'scwpn')?.vlan, link(model, 'scwpn')?.vlan)
})

t.test('a bridge renamed under its VMs gets its name back, and the VMs with it', async (t) => {
  const model = running()
  renameLink(model.kernel, null, 'onebr5', 'odd0')
  converge(model, spec)
  t.equal(link(model, 'one-1-0')?.master, 'onebr5')
  t.notOk(link(model, 'odd0'))
})

t.test('what stands under a name of ours and is of another kind makes way', async (t) => {
  for (const pick of [5, 6, 7]) {
    const model = damaged('another kind under our name', pick, 1)
    converge(model, spec)
    for (const name of ['fxr5', 'fxl4', 'fxl6']) t.equal(link(model, name)?.kind, 'veth')
  }
})

t.test("another network's tunnel does not stay in a bridge of ours", async (t) => {
  const model = running()
  const moved = [privateNetwork(5, 'red', { vni: 205, device: 'scwpn.205' })]
  const left = model.kernel.worlds.get(null)?.links.find(({ name }) => name === 'scwpn.105')
  if (left !== undefined) left.group = 'default'
  converge(model, { ...spec, networks: moved })
  t.notOk(link(model, 'scwpn.105'))
})

t.test("the gateway's MAC is pinned to the router and to no other port", async (t) => {
  const model = damaged('pin moved', 2)
  converge(model, { ...spec, networks: [privateNetwork(5, 'red', { gateway: null })] })
  t.same(
    host(model)
      .fdb.filter(({ mac }) => mac === '02:00:5e:00:01:01')
      .map(({ device }) => device),
    ['fxr4'],
  )
})

t.test('a second route to where one of ours leads is dropped', async (t) => {
  const model = running()
  const pick = host(model)
    .routes.filter(({ protocol }) => protocol === '88')
    .findIndex(({ destination }) => destination === '195.154.0.2')
  inflict(model.kernel, { what: 'route doubled', pick, how: 0 })
  t.same(sentencesAfter(model), ['drop route 195.154.0.2 to nowhere'])
  converge(model, spec)
})

t.test('a route of anybody in a table of ours would leak, and is dropped', async (t) => {
  const model = damaged('route extra', 1, 1)
  converge(model, spec)
  t.notOk(host(model).routes.some(({ destination }) => destination.startsWith('203.0.113.')))
})

t.test("a router's port isolated by hand serves its VMs again", async (t) => {
  const model = damaged('other port flags', 0, 2)
  converge(model, spec)
  t.equal(link(model, 'fxr4')?.port?.isolated, false)
})
