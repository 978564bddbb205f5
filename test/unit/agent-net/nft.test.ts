import t from 'tap'
import type { TableShape } from '../../../agent/host/index.ts'
import { elementChanges, type NftTable, renderChanges, shapeOf } from '../../../agent/nat/index.ts'
import { parseTables } from '../../../agent/observe/parse-nft.ts'

const table: NftTable = {
  family: 'ip',
  name: 'fx',
  sets: [
    {
      name: 'inward',
      kind: 'map',
      type: 'ipv4_addr : ipv4_addr',
      elements: ['195.154.0.1 : 100.64.0.3', '195.154.0.2 : 100.64.0.5'],
    },
    {
      name: 'senders',
      kind: 'set',
      type: 'ifname . ipv4_addr',
      elements: ['"one-1-0" . 0.0.0.0', '"one-1-0" . 100.64.0.3'],
    },
    { name: 'pools', kind: 'set', type: 'ipv4_addr', interval: true, elements: ['10.0.0.0/8'] },
  ],
  chains: [
    {
      name: 'arrive',
      hook: 'type nat hook prerouting priority dstnat; policy accept;',
      rules: ['dnat to ip daddr map @inward', 'counter', 'accept'],
    },
  ],
}
const loaded = shapeOf(table)
const holding = (set: string, elements: readonly string[]): TableShape => ({
  ...loaded,
  elements: { ...loaded.elements, [set]: elements },
})
const linesFrom = (found: TableShape): string[] | null => {
  const changes = elementChanges(table, found)
  return changes && renderChanges(table, changes).split('\n').filter(Boolean)
}

t.test('a table that is as wanted needs no change', (t) => {
  t.same(elementChanges(table, loaded), [])
  t.end()
})

t.test('elements that differ are changed one by one, deletions first', (t) => {
  t.same(linesFrom(holding('inward', ['195.154.0.2 : 100.64.0.7', '195.154.0.9 : 100.64.0.9'])), [
    'delete element ip fx inward { 195.154.0.2, 195.154.0.9 }',
    'add element ip fx inward { 195.154.0.1 : 100.64.0.3, 195.154.0.2 : 100.64.0.5 }',
  ])
  t.same(linesFrom(holding('senders', ['one-1-0 . 0.0.0.0', 'one-9-0 . 10.0.0.1'])), [
    'delete element ip fx senders { "one-9-0" . 10.0.0.1 }',
    'add element ip fx senders { "one-1-0" . 100.64.0.3 }',
  ])
  t.end()
})

t.test('whatever else differs makes the table be loaded anew', (t) => {
  const [arrive] = Object.values(loaded.chains)
  if (arrive === undefined) throw new Error('the chain is missing')
  const [dnat = '', count = '', accept = ''] = arrive.rules
  const chain = (changes: Partial<typeof arrive>): TableShape => ({
    ...loaded,
    chains: { arrive: { ...arrive, ...changes } },
  })
  const different: Record<string, TableShape> = {
    'another version': { ...loaded, version: 'f00' },
    'a rule replaced': chain({ rules: [dnat, '', accept] }),
    'a rule inserted': chain({ rules: ['', dnat, count, accept] }),
    'a rule moved': chain({ rules: [count, dnat, accept] }),
    'a rule deleted': chain({ rules: [dnat, accept] }),
    'another policy': chain({ hook: 'nat prerouting -100 drop' }),
    'another priority': chain({ hook: 'nat prerouting -99 accept' }),
    'a chain more': { ...loaded, chains: { arrive, more: { hook: '', rules: [] } } },
    'a chain less': { ...loaded, chains: {} },
    'a set more': holding('more', []),
    'other prefixes of an interval set': holding('pools', ['10.0.0.0/9']),
    'a device whose name says more': holding('senders', ['x"}; flush ruleset . 10.0.0.1']),
  }
  for (const [title, found] of Object.entries(different)) t.equal(linesFrom(found), null, title)
  t.end()
})

t.test('counters of elements, and the order of older versions of nft, are read over', (t) => {
  // As nft 1.0.2 lists it; since 1.0.6 all chains come before the first rule.
  const output = JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.2' } },
      { table: { family: 'ip', name: 'filter', handle: 1 } },
      { set: { family: 'ip', name: 'taps', table: 'filter', elem: ['one-1-0'] } },
      { table: { family: 'ip', name: 'fx', handle: 2 } },
      {
        set: {
          ...{ family: 'ip', name: 'seen', table: 'fx', type: 'ipv4_addr' },
          elem: [{ elem: { val: '195.154.0.1', counter: { packets: 7, bytes: 9 } } }],
        },
      },
      {
        map: {
          ...{ family: 'ip', name: 'zones', table: 'fx', type: 'ifname', map: 'integer' },
          elem: [['onebr5', 6]],
        },
      },
      {
        chain: {
          ...{ family: 'ip', table: 'fx', name: 'door', handle: 1 },
          ...{ type: 'filter', hook: 'prerouting', prio: -300, policy: 'accept' },
        },
      },
      {
        rule: {
          ...{ family: 'ip', table: 'fx', chain: 'door', handle: 7, comment: 'abcd1234' },
          expr: [{ drop: null }],
        },
      },
      { rule: { family: 'ip', table: 'fx', chain: 'door', handle: 8, expr: [{ drop: null }] } },
      { chain: { family: 'ip', table: 'fx', name: 'version-12ab', handle: 2 } },
    ],
  })
  t.same(parseTables(output), [
    {
      family: 'ip',
      name: 'fx',
      version: '12ab',
      elements: { seen: ['195.154.0.1'], zones: ['onebr5 : 6'] },
      chains: { door: { hook: 'filter prerouting -300 accept', rules: ['abcd1234', ''] } },
    },
  ])
  t.end()
})

t.test('a rule by another hand in a chain that shall have none is seen', (t) => {
  const deaf: NftTable = {
    ...{ family: 'netdev', name: 'fx', sets: [] },
    chains: [
      {
        name: 'bridge-5',
        hook: 'type filter hook ingress device "onebr5" priority 0; policy drop;',
        rules: [],
      },
    ],
  }
  const found = shapeOf(deaf)
  const hook = found.chains['bridge-5']?.hook ?? ''
  t.same(elementChanges(deaf, found), [])
  t.equal(elementChanges(deaf, { ...found, chains: { 'bridge-5': { hook, rules: [''] } } }), null)
  t.end()
})
