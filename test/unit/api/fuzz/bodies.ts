import type { Chance } from '../../ipam/fuzz/chance.ts'
import { type Ids, type Row, routes } from '../routes.ts'
import { oddBlocks, oddNames, oddNumbers, oddTexts } from './odd.ts'

/** What whoever asks puts where a secret belongs; no answer may repeat it. */
export const ownSecret = '77777777-7777-4777-8777-777777777777'

type Pick = readonly [string, ...string[]]
const text = (chance: Chance) => chance.of(oddTexts as unknown as Pick)
const name = (chance: Chance) => chance.of(oddNames as unknown as Pick)
const number = (chance: Chance) => chance.of(oddNumbers as unknown as readonly [number])

/** Any JSON value, now and then with others in it. */
export function anything(chance: Chance, depth = 0): unknown {
  const kind = chance.below(depth > 3 ? 5 : 8)
  if (kind === 0) return null
  if (kind === 1) return chance.once(2)
  if (kind === 2) return number(chance)
  if (kind < 5) return text(chance)
  const some = Array.from({ length: chance.below(4) })
  if (kind < 7) return some.map(() => anything(chance, depth + 1))
  return Object.fromEntries(some.map(() => [name(chance), anything(chance, depth + 1)]))
}

/** What a schema takes as a name of a document. */
const takenNames = [
  ...[
    'x',
    'edge a',
    "' OR 1=1 --",
    '</NAME>',
    ']]>',
    '<b>&amp;',
    '$(reboot)',
    '😀'.repeat(20),
    '.',
  ],
  ...['‮gro', '__proto__', '-rf', '{{7*7}}', 'x'.repeat(128), '"', '\\', '# no', '%00', ' ', 'İ'],
] as const

const some = <T>(chance: Chance, value: () => T): T | undefined =>
  chance.once(2) ? value() : undefined

const connectionValues: Readonly<Record<string, readonly unknown[]>> = {
  access_key: ['SCWYYYYYYYYYYYYYYYYY', '', 'SCW', 7],
  secret_key: [ownSecret, ownSecret, ownSecret, ''],
  project_id: ['33333333-3333-4333-8333-333333333333', 'default', null],
  region: ['fr-par', 'nl-ams', 'xx', '__proto__', 'constructor', 'toString', ''],
  zone: ['fr-par-1', 'nl-ams-2', 'fr-par-9', '__proto__', 'constructor', '0', ''],
}

const inputValues: Readonly<Record<string, readonly unknown[]>> = {
  oneform_hosts: [1, '2', 10, 11, 0, '٣', '1e1'],
  instance_type: ['em_a116x_ssd', 'em_z999x_nvme', 'em_empty_nvme', 'EM-A116X', '__proto__'],
  instance_os_name: ['ubuntu_2204', 'ubuntu_2404', 'ubuntu_1004', 'constructor'],
  instance_disk_size: [128, '64', 31, 1025],
  instance_public_ips: [0, 5, 6, -1],
  oneform_public_ips: [0, 5, 6],
  cidr_block: ['10.180.0.0/22', ...oddBlocks],
  oneform_tags: [{}, { a: 'b' }, { 'a b': 'c' }, { a: { b: 1 } }, [], 'a=b'],
  hypervisor: ['kvm', 'lxc', 'xen'],
  gateway_type: ['VPC-GW-S', 'VPC-GW-XXL'],
  billing: ['hourly', 'monthly', 'never'],
  gateway_bastion: [true, 'false', 'perhaps'],
}

/** A map of which most members are known, and most of these right. */
function map(chance: Chance, known: Readonly<Record<string, readonly unknown[]>>) {
  const members: [string, unknown][] = []
  for (const [key, values] of Object.entries(known)) {
    if (chance.once(3)) continue
    const odd = chance.once(8)
    members.push([key, odd ? anything(chance) : chance.any(chance.once(3) ? values : [values[0]])])
  }
  if (chance.once(12)) members.push([name(chance), anything(chance)])
  return Object.fromEntries(members)
}

/** So many that the document would not fit into OpenNebula. */
function manyTags(chance: Chance) {
  const count = 200 + chance.below(1_500)
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`tag${n}`, 'v'.repeat(100)]))
}

const driver = (chance: Chance) => (chance.once(10) ? text(chance).slice(0, 4_000) : 'scaleway')
const id = (chance: Chance) => chance.of<unknown>([1, 12, '12', '007', 0, 999_999_999, '000'])
const octet = (chance: Chance) => `${chance.below(8)}${chance.below(8)}${chance.below(8)}`
const guests = (chance: Chance) => ({
  force: some(chance, () => chance.once(2)),
  migrate: some(chance, () => chance.once(2)),
})

/** Bodies that each route's schema takes, whatever they mean. */
const makers: Readonly<Record<string, (chance: Chance, ids: Ids) => object>> = {
  'POST /api/v1/providers': (chance) => ({
    driver: driver(chance),
    name: some(chance, () => chance.of(takenNames as unknown as Pick)),
    description: some(chance, () => text(chance).slice(0, 4_096)),
    connection_values: some(chance, () => map(chance, connectionValues)) ?? {
      ...{ access_key: 'SCWYYYYYYYYYYYYYYYYY', secret_key: ownSecret },
      project_id: '33333333-3333-4333-8333-333333333333',
    },
  }),
  'POST /api/v1/provisions': (chance, ids) => ({
    driver: driver(chance),
    deployment_type: some(chance, () =>
      chance.once(3) ? text(chance).slice(0, 99) : 'ssh_cluster',
    ),
    provider_id: chance.of<unknown>([ids.provider, String(ids.spare), ids.provision, 4711, '007']),
    name: some(chance, () => chance.of(takenNames as unknown as Pick)),
    description: some(chance, () => text(chance).slice(0, 4_096)),
    user_inputs_values: {
      ...map(chance, inputValues),
      ...(chance.once(30) ? { oneform_tags: manyTags(chance) } : {}),
    },
    dry_run: some(chance, () => chance.once(2)),
    min_hosts: chance.once(4) ? 1 + chance.below(1_000) : undefined,
    atomic: some(chance, () => chance.once(2)),
  }),
  'PATCH /api/v1/providers/:id': (chance) => ({
    driver: some(chance, () => driver(chance)),
    name: some(chance, () => chance.of(takenNames as unknown as Pick)),
    description: some(chance, () => text(chance).slice(0, 4_096)),
    connection: some(chance, () => map(chance, connectionValues)),
    connection_values: some(chance, () => map(chance, connectionValues)),
  }),
  'PATCH /api/v1/provisions/:id': (chance) => ({
    name: some(chance, () => chance.of(takenNames as unknown as Pick)),
    description: some(chance, () => text(chance).slice(0, 4_096)),
    user_inputs_values: some(chance, () => map(chance, inputValues)),
    ...(chance.once(3) ? { [name(chance)]: anything(chance) } : {}),
    ...(chance.once(3) ? { one_objects: anything(chance), tags: { a: 'b' } } : {}),
  }),
  'POST /api/v1/provisions/:id/recover': (chance) => ({
    recover_state: chance.once(2) ? 'APPLYING' : text(chance).slice(0, 4_096),
    force: some(chance, () => chance.once(2)),
  }),
  ...Object.fromEntries(
    ['providers', 'provisions'].flatMap((kind) => [
      [`POST /api/v1/${kind}/:id/chmod`, (chance: Chance) => ({ octet: octet(chance) })],
      [
        `POST /api/v1/${kind}/:id/chown`,
        (chance: Chance) => ({
          owner_id: id(chance),
          group_id: chance.once(2) ? null : id(chance),
        }),
      ],
      [`POST /api/v1/${kind}/:id/chgrp`, (chance: Chance) => ({ group_id: id(chance) })],
    ]),
  ),
  'POST /api/v1/provisions/:id/undeploy': (chance) => ({
    force: some(chance, () => chance.once(2)),
  }),
  'POST /api/v1/provisions/:id/retry': (chance) => ({
    force: some(chance, () => chance.once(2)),
    give_up: some(chance, () => chance.once(2)),
  }),
  'POST /api/v1/provisions/:id/scale': (chance) => ({
    direction: chance.once(6) ? text(chance).slice(0, 4_096) : chance.of(['up', 'down', 'down']),
    nodes: chance.of<unknown>([
      1,
      1_000,
      ['12', 7],
      ['7', '7'],
      [-1],
      [text(chance).slice(0, 4_096)],
      Array.from({ length: 1_000 }, (_, n) => n),
    ]),
    ...guests(chance),
  }),
  'POST /api/v1/provisions/:id/replace-host': (chance) => ({
    host_id: id(chance),
    ...guests(chance),
  }),
  'POST /api/v1/provisions/:id/add-ip': (chance) => ({
    amount: 1 + chance.below(1_000),
    wait: some(chance, () => chance.once(2)),
  }),
  'POST /api/v1/provisions/:id/remove-ip': (chance) => ({
    ar_id: id(chance),
    wait: some(chance, () => chance.once(2)),
  }),
  'POST /api/v1/provisions/:id/reverse': (chance) => ({
    address: chance.of(['195.154.0.1', '999.999.999.999', '0.0.0.0', '127.0.0.1']),
    name: chance.of<unknown>([null, 'a.example', `${'a'.repeat(63)}.b`, 'elsewhere.example.com']),
  }),
  'POST /api/v1/provisions/:id/adopt': (chance, ids) => ({
    dry_run: !chance.once(4),
    provider_id: some(chance, () => chance.of([ids.provider, ids.provision, 4711])),
    plan: some(chance, () => chance.of(['0'.repeat(32), 'f'.repeat(32)])),
  }),
  'POST /api/v1/leaks/release': (chance) => ({
    ids: Array.from({ length: chance.of([1, 2, 1_000]) }, () =>
      chance.of(['server/1eac', 'server/0', 'flexible-ip/f-f', 'vpc/a']),
    ),
  }),
}

/** A body for a route, valid by its schema; undefined for one that takes none. */
export function bodyFor(route: string, chance: Chance, ids: Ids): unknown {
  const made = makers[route]?.(chance, ids)
  if (made) return JSON.parse(JSON.stringify(made))
  return (routes[route] as Row | undefined)?.body?.(ids)
}
