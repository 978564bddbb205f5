import type { FdbEntry, Neighbour, Route, Rule, TableShape } from '../../../../agent/host/index.ts'
import { bridgeLines, ipLines } from '../../../../agent/link/index.ts'
import type { Change, NetworkStep } from '../../../../agent/plan/step.ts'
import { carryOut } from '../kernel/carry-out.ts'
import {
  addLink,
  removeLink,
  renameLink,
  setDown,
  setMac,
  setMaster,
  setMtu,
  setUp,
} from '../kernel/links.ts'
import { addAddress, addRule, appendRoute, replaceRoute } from '../kernel/stack.ts'
import { blank, type Kernel, worldOf } from '../kernel/world.ts'

/** One thing done: the line for a real host, null where only a model can, and the same to the model. */
export interface Hand {
  readonly at: At
  readonly line: string | null
  readonly act: (kernel: Kernel) => void
}

export type At = string | null
/** Which of the possible victims, and which of the possible ways. */
export interface Choice {
  readonly pick: number
  readonly how: number
}
export type Deed = (kernel: Kernel, choice: Choice) => readonly Hand[]

export const strangerMac = '0a:00:00:00:00:77'

export const hand = (at: At, line: string | null, act: Hand['act']): Hand => ({ at, line, act })
export const step = (change: Change): Hand => {
  const whole: NetworkStep = { ...change, sentence: 'a hand' }
  const lines = [
    ...ipLines(whole).map((line) => `ip ${line}`),
    ...bridgeLines(whole).map((line) => `bridge ${line}`),
  ]
  const at = 'at' in whole ? whole.at : null
  return hand(at, lines.join('\n'), (kernel) => carryOut(kernel, whole))
}

export const retable = (
  at: At,
  line: string,
  table: TableShape,
  changed: Partial<TableShape>,
): Hand =>
  hand(at, `nft '${line}'`, (kernel) => {
    const world = worldOf(kernel, at)
    world.tables = world.tables.map((other) =>
      other.family === table.family ? { ...other, ...changed } : other,
    )
  })

export const route = (changes: Partial<Route>): Route => ({
  table: 'main',
  type: 'unicast',
  destination: '203.0.113.0/24',
  via: null,
  device: 'docker0',
  source: null,
  metric: 0,
  protocol: 'boot',
  ...changes,
})

export const routeHand = (at: At, verb: 'replace' | 'append', entry: Route): Hand =>
  hand(
    at,
    `ip ${ipLines({ kind: 'route-set', at, route: entry, sentence: '' })
      .join('\n')
      .replace('replace', verb)}`,
    (kernel) =>
      verb === 'append' ? appendRoute(kernel, at, entry) : replaceRoute(kernel, at, entry),
  )

export const neighbourHand = (at: At, { device, address, mac, protocol }: Neighbour): Hand =>
  hand(
    at,
    `ip neighbour replace ${mac === null ? `proxy ${address}` : `${address} lladdr ${mac}`} dev ${device}${
      mac === null ? '' : ' nud permanent'
    }${protocol === '' ? '' : ` protocol ${protocol}`}`,
    (kernel) =>
      carryOut(kernel, {
        kind: 'neighbour-set',
        at,
        neighbour: { device, address, mac, protocol },
        sentence: '',
      }),
  )

export const addressHand = (at: At, device: string, address: string): Hand =>
  hand(at, `ip address replace ${address} dev ${device}`, (kernel) =>
    addAddress(kernel, at, { device, address }),
  )

export const ruleHand = (rule: Rule): Hand =>
  hand(
    null,
    `ip rule add pref ${rule.priority} iif ${rule.iif} lookup ${rule.table} protocol ${rule.protocol}`,
    (kernel) => addRule(kernel, rule),
  )

export const down = (at: At, name: string): Hand =>
  hand(at, `ip link set dev ${name} down`, (kernel) => setDown(kernel, at, name))
export const up = (at: At, name: string): Hand =>
  hand(at, `ip link set dev ${name} up`, (kernel) => setUp(kernel, at, name))
export const rename = (at: At, name: string, to: string): Hand =>
  hand(at, `ip link set dev ${name} name ${to}`, (kernel) => renameLink(kernel, at, name, to))
export const remove = (at: At, name: string): Hand =>
  hand(at, `ip link delete dev ${name}`, (kernel) => removeLink(kernel, at, name))
export const plugInto = (name: string, master: string | null): Hand =>
  hand(
    null,
    `ip link set dev ${name} ${master === null ? 'nomaster' : `master ${master}`}`,
    (kernel) => setMaster(kernel, null, name, master),
  )
export const mtu = (at: At, name: string, value: number): Hand =>
  hand(at, `ip link set dev ${name} mtu ${value}`, (kernel) => setMtu(kernel, at, name, value))
export const mac = (at: At, name: string): Hand =>
  hand(at, `ip link set dev ${name} address ${strangerMac}`, (kernel) =>
    setMac(kernel, at, name, strangerMac),
  )
export const bridge = (name: string): Hand =>
  hand(null, `ip link add name ${name} type bridge`, (kernel) => {
    addLink(kernel, null, blank(name, 'bridge', 1500))
  })

export function deleteFdb(entry: FdbEntry): Hand {
  const { mac, device, destination, via } = entry
  const words =
    destination === null
      ? `${mac} dev ${device} master static`
      : `${mac} dev ${device} dst ${destination}${via === null ? '' : ` via ${via}`} self permanent`
  return hand(null, `bridge fdb delete ${words}`, (kernel) =>
    carryOut(kernel, { kind: 'fdb-delete', entry, sentence: '' }),
  )
}
