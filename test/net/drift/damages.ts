import {
  gatewayMac,
  type Link,
  linkGroup,
  type Observed,
  protocol,
  type Stack,
  type TableShape,
} from '../../../agent/host/index.ts'
import { underlayName } from '../../../lib/contract/index.ts'

/** Ways to hurt one object of ours; each is a program text for the host. */
export interface Victim {
  readonly object: string
  readonly damages: readonly Damage[]
}

export interface Damage {
  readonly title: string
  readonly script: string
  /** Takes other objects with it, so nothing else is hurt at the same time. */
  readonly cascades?: boolean
  /** What others put back of theirs once ours is there again. */
  readonly after?: string
}

/**
 * Every object of ours that was observed, with every way to delete it or to bend one of its values:
 * made from the observation, so that whatever the agent comes to own is in it.
 */
export function victimsOf({ host, inside }: Observed): Victim[] {
  return [
    ...stackVictims(host, '', (script) => script),
    ...host.links.filter(isOurs).map(hostLink(host)),
    ...host.links
      .filter((link) => !isOurs(link) && link.port?.isolated === true)
      .map(({ name }) => ({
        object: `isolation of ${name}`,
        damages: [damage('is off', `ip link set ${name} type bridge_slave isolated off`)],
      })),
    ...Object.entries(inside).flatMap(([namespace, stack]) => [
      ...stackVictims(stack, ` in ${namespace}`, within(namespace)),
      ...stack.links.map(innerLink(namespace)),
      {
        object: `namespace ${namespace}`,
        damages: [
          alone('is deleted', `ip netns delete ${namespace}`),
          alone('is half deleted', `umount /run/netns/${namespace}`),
        ],
      },
    ]),
  ].filter(({ damages }) => damages.length > 0)
}

type Wrap = (script: string) => string

const within =
  (namespace: string): Wrap =>
  (script) =>
    `nsenter --net=/run/netns/${namespace} bash -e <<'END'\n${script}\nEND`
const isOurs = ({ name, group }: Link): boolean => group === linkGroup || name === underlayName
const damage = (title: string, script: string): Damage => ({ title, script })
const alone = (title: string, script: string): Damage => ({ title, script, cascades: true })
const when = (condition: boolean, ...damages: Damage[]): Damage[] => (condition ? damages : [])

/** What every stack has: addresses, routes, rules, neighbours, forwarding entries, tables, settings. */
function stackVictims(stack: Stack, where: string, wrap: Wrap): Victim[] {
  const ours = new Set(
    stack.links.filter((link) => where !== '' || isOurs(link)).map(({ name }) => name),
  )
  const victim = (object: string, ...damages: Damage[]): Victim => ({
    object: `${object}${where}`,
    damages: damages.map((one) => ({ ...one, script: wrap(one.script) })),
  })
  const marked = <T extends { readonly protocol: string }>(list: readonly T[]) =>
    list.filter((one) => one.protocol === protocol)
  return [
    ...stack.addresses
      .filter(({ device }) => ours.has(device) && device !== 'lo')
      .map(({ device, address }) =>
        victim(
          `address ${address} of ${device}`,
          damage('is deleted', `ip address delete ${address} dev ${device}`),
          damage('gets a neighbour', `ip address add 10.9.9.9/32 dev ${device}`),
        ),
      ),
    ...marked(stack.routes).map(({ table, type, destination, metric, device, via }) => {
      const words = `${destination} table ${table} metric ${metric}`
      const hop = `${via === null ? '' : ` via ${via}`}${device === null ? '' : ` dev ${device}`}`
      const old = type === 'unreachable' ? `unreachable ${words}` : `${words}${hop}`
      return victim(
        `route ${old}`,
        damage('is deleted', `ip route delete ${old}`),
        damage(
          'leads elsewhere',
          `ip route delete ${old}; ip route add ${words} dev lo proto ${protocol}`,
        ),
        damage(
          'loses our mark',
          `ip route delete ${old}; ip route add ${words} dev lo proto static`,
        ),
        ...when(
          device !== null,
          damage(
            'gets a twin',
            `ip route replace 198.51.100.7/32 dev ${device} proto ${protocol} metric 7`,
          ),
        ),
      )
    }),
    ...marked(stack.rules).map(({ priority, iif, table }) => {
      const words = `iif ${iif} lookup ${table} protocol ${protocol}`
      return victim(
        `rule of ${iif}`,
        damage('is deleted', `ip rule delete pref ${priority} ${words}`),
        damage(
          'gets a twin',
          `ip rule add pref ${priority - 1} iif ${iif} lookup main protocol ${protocol}`,
        ),
      )
    }),
    ...marked(stack.neighbours).map(({ device, address, mac }) =>
      mac === null
        ? victim(
            `answer for ${address} on ${device}`,
            damage('is deleted', `ip neigh delete proxy ${address} dev ${device}`),
          )
        : victim(
            `neighbour ${address} on ${device}`,
            damage('is deleted', `ip neigh delete ${address} dev ${device}`),
            damage(
              'has another MAC',
              `ip neigh replace ${address} lladdr 02:de:ad:00:00:01 dev ${device} nud permanent protocol ${protocol}`,
            ),
            damage(
              'is not permanent',
              `ip neigh replace ${address} lladdr ${mac} dev ${device} nud stale`,
            ),
          ),
    ),
    ...stack.fdb
      .filter(
        ({ device, destination, sticky }) => ours.has(device) && (destination !== null || sticky),
      )
      .map(({ device, mac, destination }) =>
        destination === null
          ? victim(
              `pinned ${mac} on ${device}`,
              damage('is deleted', `bridge fdb delete ${mac} dev ${device} master`),
              damage(
                'may move',
                `bridge fdb delete ${mac} dev ${device} master; bridge fdb add ${mac} dev ${device} master static`,
              ),
            )
          : victim(
              `flooding of ${device} to ${destination}`,
              damage(
                'is deleted',
                `bridge fdb delete ${mac} dev ${device} dst ${destination} via ${underlayName} self`,
              ),
              damage(
                'gets a twin',
                `bridge fdb append ${mac} dev ${device} dst 10.180.0.77 via ${underlayName} self permanent`,
              ),
            ),
      ),
    ...stack.tables.flatMap((table) => [
      victim(`nft table ${table.family}`, ...structureDamages(table)),
      ...Object.keys(table.elements).map((set) =>
        victim(`nft set ${set} of ${table.family}`, ...elementDamages(table, set)),
      ),
    ]),
    ...Object.entries(stack.sysctls).map(([key, value]) =>
      victim(
        `setting ${key}`,
        damage('is turned', `echo ${value === '1' ? 0 : 1} > /proc/sys/${key}`),
      ),
    ),
  ]
}

function hostLink({ links }: Stack) {
  const bridges = links.filter(({ kind, group }) => kind === 'bridge' && group === linkGroup)
  return (link: Link): Victim => {
    const { name, kind, mtu, alias, master, bridge, vxlan, port } = link
    const head = `ip link set ${name}`
    const elsewhere = bridges.find((other) => other.name !== master)
    return {
      object: `link ${name}`,
      damages: [
        damage('is down', `${head} down`),
        damage('has another MTU', `${head} mtu ${mtu - 20}`),
        ...when(link.group === linkGroup, damage('loses our mark', `${head} group 0`)),
        ...when(alias !== '', damage('has another alias', `${head} alias fx:0000`)),
        ...(bridge === null
          ? []
          : [
              damage('has another MAC', `${head} address 02:de:ad:00:00:02`),
              damage('delays', `${head} type bridge forward_delay 1500`),
              damage('speaks STP', `${head} type bridge stp_state 1`),
              damage('snoops', `${head} type bridge mcast_snooping 1`),
            ]),
        ...(vxlan === null
          ? []
          : [
              damage('learns', `${head} type vxlan learning`),
              damage(
                'sends a MAC elsewhere',
                `bridge fdb add 02:de:ad:00:00:04 dev ${name} dst 10.180.0.99 self permanent`,
              ),
              damage(
                'floods elsewhere',
                `bridge fdb append 00:00:00:00:00:00 dev ${name} dst 10.180.0.98 self`,
              ),
              damage('has another source', `${head} type vxlan local 10.180.0.99`),
            ]),
        ...(port === null
          ? []
          : [
              damage('has no bridge', `${head} nomaster`),
              ...when(
                elsewhere !== undefined,
                damage('is on another bridge', `${head} master ${elsewhere?.name}`),
              ),
              ...Object.entries({
                learning: port.learning,
                neigh_suppress: port.neighSuppress,
                isolated: port.isolated,
              }).map(([flag, on]) =>
                damage(
                  `has ${flag} ${on ? 'off' : 'on'}`,
                  `${head} type bridge_slave ${flag} ${on ? 'off' : 'on'}`,
                ),
              ),
            ]),
        ...when(kind !== null && name !== underlayName, {
          ...alone('is deleted', `ip link delete ${name}`),
          after: links
            .filter((tap) => tap.master === name && !isOurs(tap))
            .map((tap) => `ip link set ${tap.name} master ${name}`)
            .join('\n'),
        }),
        ...when(
          name === underlayName,
          alone('has another name', `${head} down; ${head} name eth1; ip link set eth1 up`),
        ),
      ],
    }
  }
}

/** Ends of veths inside a router namespace; the loopback is only up or down. */
function innerLink(namespace: string) {
  return ({ name, mtu, mac }: Link): Victim => {
    const head = `ip link set ${name}`
    const wrap = within(namespace)
    return {
      object: `link ${name} in ${namespace}`,
      damages: [
        damage('is down', wrap(`${head} down`)),
        ...when(name !== 'lo', damage('has another MTU', wrap(`${head} mtu ${mtu - 20}`))),
        ...when(
          mac === gatewayMac,
          damage('has another MAC', wrap(`${head} address 02:de:ad:00:00:03`)),
        ),
        ...when(
          name !== 'lo',
          alone('has another name', wrap(`${head} down; ${head} name lost`)),
          alone('is deleted', wrap(`ip link delete ${name}`)),
        ),
      ],
    }
  }
}

function structureDamages({ family, name, version, chains }: TableShape): Damage[] {
  const table = `${family} ${name}`
  return [
    ...Object.entries(chains).flatMap(([chain, { hook, rules }]) => [
      ...rules.map((_, index) =>
        damage(
          `has another rule at ${chain} ${index}`,
          `handle=$(nft -a list chain ${table} ${chain} | grep comment | sed -n '${index + 1}s/.* handle //p')
          nft replace rule ${table} ${chain} handle $handle counter`,
        ),
      ),
      damage(`lets all through ${chain}`, `nft insert rule ${table} ${chain} accept`),
      ...when(
        rules.length > 0,
        damage(`has an empty ${chain}`, `nft flush chain ${table} ${chain}`),
      ),
      ...when(
        rules.length > 1,
        damage(
          `has a rule less at ${chain}`,
          `handle=$(nft -a list chain ${table} ${chain} | grep comment | sed -n '2s/.* handle //p')
          nft delete rule ${table} ${chain} handle $handle`,
        ),
      ),
      ...when(
        / (accept|drop)$/.test(hook),
        damage(
          `has another policy at ${chain}`,
          `nft add chain ${table} ${chain} '{ policy ${hook.endsWith('drop') ? 'accept' : 'drop'}; }'`,
        ),
      ),
      damage(
        `has no ${chain}`,
        `nft flush chain ${table} ${chain}; nft delete chain ${table} ${chain}`,
      ),
    ]),
    damage('has a chain more', `nft add chain ${table} more`),
    damage('has a set more', `nft add set ${table} more '{ type mark; }'`),
    damage('has no version', `nft delete chain ${table} version-${version}`),
    damage('is deleted', `nft delete table ${table}`),
    damage('sleeps', `nft add table ${table} '{ flags dormant; }'`),
  ]
}

function elementDamages({ family, name, elements }: TableShape, set: string): Damage[] {
  const members = elements[set] ?? []
  const of = `${family} ${name} ${set}`
  return [
    ...members.map((member) =>
      damage(`lacks ${member}`, `nft delete element ${of} '{ ${keyOf(member)} }'`),
    ),
    ...when(
      members.length > 0 && members.every((member) => /^[\d.]+(\/\d+)?$/.test(member)),
      damage('has a stranger', `nft add element ${of} '{ 198.18.0.77 }'`),
    ),
    ...when(members.length > 1, damage('is empty', `nft flush set ${of} || nft flush map ${of}`)),
  ]
}

/** The key of an element; names of devices are quoted, addresses are not. */
function keyOf(member: string): string {
  const [key = ''] = member.split(' : ')
  return key
    .split(' . ')
    .map((part) => (/^([\d./-]+|[0-9a-f]{2}(:[0-9a-f]{2}){5})$/.test(part) ? part : `"${part}"`))
    .join(' . ')
}
