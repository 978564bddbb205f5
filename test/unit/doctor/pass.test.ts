import t from 'tap'
import type { Packet } from '../../../agent/doctor/forward-rules.ts'
import { parseForward } from '../../../agent/doctor/parse-forward.ts'
import { parseLegacy } from '../../../agent/doctor/parse-legacy.ts'
import { passes } from '../../../agent/doctor/pass.ts'

const routed: Packet = {
  ...{ from: 'eth0', to: 'fxl4', source: null, destination: '195.154.0.1' },
  ...{ state: 'new', bridged: false },
}
const bridged: Packet = { ...routed, from: 'onebr5', to: 'onebr5', bridged: true }

/** Rules as `nft -j` lists them: chain → policy and expressions of each rule. */
function loaded(chains: Readonly<Record<string, { policy?: string; rules: readonly object[][] }>>) {
  const at = { family: 'ip', table: 'filter' }
  const nftables = Object.entries(chains).flatMap(([name, { policy, rules }]) => [
    {
      chain: {
        ...at,
        name,
        ...(policy ? { type: 'filter', hook: 'forward', prio: 0, policy } : {}),
      },
    },
    ...rules.map((expr) => ({ rule: { ...at, chain: name, expr } })),
  ])
  return { chains: parseForward(JSON.stringify({ nftables })) ?? [], isWhole: true }
}

const accept = { accept: null }
const drop = { drop: null }
const is = (key: string, right: unknown, op = '==') => ({
  match: { op, left: { meta: { key } }, right },
})
const jump = (target: string) => ({ jump: { target } })
const physdev = { xt: { type: 'match', name: 'physdev' } }
const state = {
  match: { op: 'in', left: { ct: { key: 'state' } }, right: ['established', 'related'] },
}

t.test('nothing loaded, nothing dropped', async (t) => {
  t.equal(passes({ chains: parseForward('') ?? [], isWhole: true }, routed).outcome, 'passes')
})

t.test("docker's policy drops what comes to a router namespace", async (t) => {
  const docker = loaded({
    'DOCKER-USER': { rules: [[{ counter: {} }, { return: null }]] },
    FORWARD: {
      policy: 'drop',
      rules: [
        [{ counter: {} }, jump('DOCKER-USER')],
        [is('oifname', 'docker0'), state, accept],
        [is('iifname', 'docker0'), is('oifname', 'docker0', '!='), accept],
      ],
    },
  })
  t.same(passes(docker, routed), {
    outcome: 'dropped',
    by: 'policy drop of chain FORWARD of ip filter',
  })
})

t.test('an accept for our links lets it pass again, wherever it stands', async (t) => {
  const user = (rule: object[]) =>
    loaded({
      'DOCKER-USER': { rules: [rule, [{ return: null }]] },
      FORWARD: { policy: 'drop', rules: [[jump('DOCKER-USER')]] },
    })
  t.equal(passes(user([is('oifname', 'fxl*'), accept]), routed).outcome, 'passes')
  t.equal(
    passes(user([is('oifname', { set: ['docker0', 'fxl4'] }), accept]), routed).outcome,
    'passes',
  )
  t.equal(passes(user([is('oifname', 'fxl9'), accept]), routed).outcome, 'dropped')
})

t.test('only the state of a connection tells new from answer', async (t) => {
  const stateful = loaded({ FORWARD: { policy: 'drop', rules: [[state, accept]] } })
  t.equal(passes(stateful, routed).outcome, 'dropped')
  t.equal(passes(stateful, { ...routed, state: 'established' }).outcome, 'passes')
})

t.test('prefixes are compared where the address is known', async (t) => {
  const to = (right: unknown) => [
    { match: { op: '==', left: { payload: { protocol: 'ip', field: 'daddr' } }, right } },
    drop,
  ]
  const rules = (right: unknown) => loaded({ FORWARD: { policy: 'accept', rules: [to(right)] } })
  t.equal(passes(rules({ prefix: { addr: '195.154.0.0', len: 24 } }), routed).outcome, 'dropped')
  t.equal(passes(rules({ prefix: { addr: '10.0.0.0', len: 8 } }), routed).outcome, 'passes')
  t.equal(passes(rules('195.154.0.1'), { ...routed, destination: null }).outcome, 'depends')
  t.equal(passes(rules('@blocked'), routed).outcome, 'depends')
  t.equal(passes(rules({ range: ['195.154.0.0', '195.154.0.9'] }), routed).outcome, 'depends')
})

t.test("OpenNebula's security groups concern bridged frames alone", async (t) => {
  const groups = loaded({
    'one-1-0-i': { rules: [[{ xt: { type: 'match', name: 'set' } }, { return: null }], [drop]] },
    opennebula: { rules: [[physdev, jump('one-1-0-i')], [accept]] },
    FORWARD: { policy: 'accept', rules: [[jump('opennebula')]] },
  })
  t.equal(passes(groups, routed).outcome, 'passes')
  t.same(passes(groups, bridged), { outcome: 'depends', by: 'chain one-1-0-i of ip filter' })
})

t.test('what cannot be read is not taken for certain', async (t) => {
  const xt = { xt: { type: 'match', name: 'u32' } }
  const rules = (...list: object[][]) => loaded({ FORWARD: { policy: 'drop', rules: list } })
  t.equal(passes(rules([xt, accept]), routed).outcome, 'depends')
  t.equal(passes(rules([{ limit: {} }, drop], [accept]), routed).outcome, 'depends')
  t.equal(
    passes(rules([{ xt: { type: 'target', name: 'LOG' } }], [accept]), routed).outcome,
    'passes',
  )
  const left = rules([xt, { return: null }], [accept])
  t.equal(passes(left, routed).outcome, 'depends', 'it may have returned before')
  const reject = { xt: { type: 'target', name: 'REJECT' } }
  t.equal(passes(rules([reject], [accept]), routed).outcome, 'dropped', 'as iptables-nft has it')
  // nft 1.0.2 says no more of what iptables made.
  const silent = loaded({ FORWARD: { policy: 'accept', rules: [[{ xt: null }]] } })
  t.equal(passes(silent, routed).outcome, 'depends')
  t.equal(passes(rules([{ xt: null }, accept]), routed).outcome, 'depends', 'who knows when')
})

t.test('our own tables are none of the others', async (t) => {
  const own = {
    nftables: [
      { chain: { family: 'ip', table: 'fx', name: 'through', hook: 'forward', policy: 'drop' } },
      { chain: { family: 'ip6', table: 'x', name: 'f', hook: 'forward', policy: 'drop' } },
      { chain: { family: 'ip', table: 'x', name: 'i', hook: 'input', policy: 'drop' } },
    ],
  }
  t.same(parseForward(JSON.stringify(own)), [])
})

t.test('rules of iptables-legacy are read from their own listing', async (t) => {
  const listing = (...rules: string[]) => ({
    chains: parseLegacy(['-P INPUT DROP', '-P FORWARD DROP', '-N USER', ...rules, ''].join('\n')),
    isWhole: true,
  })
  t.match(passes(listing(), routed), { outcome: 'dropped', by: /FORWARD of ip filter \(iptables-/ })
  t.equal(passes(listing('-A FORWARD -o fxl+ -j ACCEPT'), routed).outcome, 'passes')
  t.equal(passes(listing('-A FORWARD ! -i eth0 -o fxl+ -j ACCEPT'), routed).outcome, 'dropped')
  t.equal(
    passes(listing('-A FORWARD -j USER', '-A USER -d 195.154.0.0/24 -j ACCEPT'), routed).outcome,
    'passes',
  )
  const related = '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'
  t.equal(passes(listing(related), { ...routed, state: 'established' }).outcome, 'passes')
  const groups = '-A FORWARD -m physdev --physdev-is-bridged -j ACCEPT'
  t.equal(passes(listing(groups), routed).outcome, 'dropped')
  t.equal(passes(listing(groups), bridged).outcome, 'depends')
  t.equal(
    passes(listing('-A FORWARD -p tcp -m tcp --dport 80 -j ACCEPT'), routed).outcome,
    'depends',
  )
  const holes = listing('-A FORWARD -s 10.0.0.0/255.0.255.0 -j ACCEPT')
  t.equal(passes(holes, { ...routed, source: '10.0.0.1' }).outcome, 'depends')
  t.equal(
    passes(listing('-A FORWARD -m comment --comment "a b" -j ACCEPT'), routed).outcome,
    'passes',
  )
})

t.test('chains of a dormant table stop nothing, and a listing that broke off says so', (t) => {
  const table = { family: 'ip', table: 'strict' }
  const drops = { ...table, name: 'forward', hook: 'forward', policy: 'drop' }
  const listing = (flags: object) =>
    JSON.stringify({
      nftables: [{ table: { family: 'ip', name: 'strict', ...flags } }, { chain: drops }],
    })
  t.equal(parseForward(listing({}))?.length, 1)
  t.same(parseForward(listing({ flags: 'dormant' })), [])
  t.same(parseForward(listing({ flags: ['owner', 'dormant'] })), [])
  t.equal(parseForward(listing({ flags: ['owner', 'persist'] }))?.length, 1, "firewalld's is awake")
  t.equal(parseForward('{"nftables": [{"table": {"family": "ip", "flags": '), null)
  t.end()
})
