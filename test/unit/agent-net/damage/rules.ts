import { setSysctl } from '../kernel/carry-out.ts'
import { deviceIn } from '../kernel/links.ts'
import { worldOf } from '../kernel/world.ts'
import { type Deed, hand, retable } from './hand.ts'
import { choose, onTable, ourName, stacks } from './victims.ts'

const wrongSysctls: Readonly<Record<string, string>> = {
  ip_forward: '0',
  send_redirects: '1',
  rp_filter: '1',
  arp_ignore: '0',
  proxy_delay: '80',
  disable_ipv6: '0',
  'bridge-nf-call-iptables': '0',
  'bridge-nf-call-ip6tables': '0',
}

/** What happens to nft's tables and the kernel's settings. */
export const rules = {
  'table deleted': onTable((at, { family }) => [
    hand(at, `nft delete table ${family} fx`, (kernel) => {
      const world = worldOf(kernel, at)
      world.tables = world.tables.filter((other) => other.family !== family)
    }),
  ]),
  'element extra': onTable((at, table, { how }) => {
    const name = choose(['unarmed', 'elastics', 'vteps', 'vms'], how) ?? ''
    const elements = table.elements[name]
    if (elements === undefined || elements.includes('9.9.9.9')) return []
    return [
      retable(at, `add element ${table.family} fx ${name} { 9.9.9.9 }`, table, {
        elements: { ...table.elements, [name]: [...elements, '9.9.9.9'].sort() },
      }),
    ]
  }),
  'element deleted': onTable((at, table, { how }) => {
    const name = choose(
      Object.keys(table.elements)
        .filter((set) => ['unarmed', 'elastics', 'vteps', 'vms', 'inward', 'outward'].includes(set))
        .filter((set) => (table.elements[set]?.length ?? 0) > 0),
      how,
    )
    const element = name === undefined ? undefined : table.elements[name]?.[0]
    if (name === undefined || element === undefined) return []
    const key = element.split(' : ')[0] ?? ''
    return [
      retable(at, `delete element ${table.family} fx ${name} { ${key} }`, table, {
        elements: { ...table.elements, [name]: table.elements[name]?.slice(1) ?? [] },
      }),
    ]
  }),
  'chain emptied': onTable((at, table, { how }) => {
    const name = choose(Object.keys(table.chains), how)
    const chain = name === undefined ? undefined : table.chains[name]
    if (name === undefined || chain === undefined) return []
    return [
      retable(at, `flush chain ${table.family} fx ${name}`, table, {
        chains: { ...table.chains, [name]: { ...chain, rules: [] } },
      }),
    ]
  }),
  'rule added to a chain': onTable((at, table, { how }) => {
    const name = choose(Object.keys(table.chains), how)
    const chain = name === undefined ? undefined : table.chains[name]
    if (name === undefined || chain === undefined) return []
    return [
      retable(at, `add rule ${table.family} fx ${name} counter`, table, {
        chains: { ...table.chains, [name]: { ...chain, rules: [...chain.rules, ''] } },
      }),
    ]
  }),
  'chain added': onTable((at, table) => [
    retable(at, `add chain ${table.family} fx stranger`, table, {
      chains: { ...table.chains, stranger: table.chains['stranger'] ?? { hook: '', rules: [] } },
    }),
  ]),
  'version lost': onTable((at, table) =>
    table.version === ''
      ? []
      : [
          retable(at, `delete chain ${table.family} fx version-${table.version}`, table, {
            version: '',
          }),
        ],
  ),
  'table of another family': (kernel, { pick }) => {
    const at = choose(stacks(kernel), pick) ?? null
    if (worldOf(kernel, at).tables.some(({ family }) => family === 'inet')) return []
    return [
      hand(at, 'nft add table inet fx', (it) => {
        const empty = { name: 'fx', version: '', elements: {}, chains: {} }
        worldOf(it, at).tables.push({ family: 'inet', ...empty })
      }),
    ]
  },
  'setting changed': (kernel, { pick, how }) => {
    const at = choose(stacks(kernel), how) ?? null
    const keys = Object.keys(worldOf(kernel, at).sysctls)
      .filter((key) => {
        const device = deviceIn(key)
        return device === null || ourName.test(device) || /^[rl]0$/.test(device)
      })
      .sort()
    const key = choose(keys, pick)
    const value = wrongSysctls[key?.split('/').at(-1) ?? '']
    if (key === undefined || value === undefined) return []
    return [
      hand(at, `bash -c 'echo ${value} > /proc/sys/${key}'`, (it) =>
        setSysctl(it, at, { key, value, optional: false }),
      ),
    ]
  },
} as const satisfies Readonly<Record<string, Deed>>
