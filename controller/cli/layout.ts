import type { AddressesAnswer, DocumentAnswer, ProviderAnswer, ProvisionAnswer } from './answers.ts'
import { heading } from './colour.ts'
import { block, list, type Pairs, table, time } from './columns.ts'
import { scalingLayout } from './scaling-layout.ts'

/** In this order the documentation shows them; others follow. */
const documentedValues = [
  'cidr_block',
  'oneform_hosts',
  'instance_disk_size',
  'instance_os_name',
  'instance_public_ips',
  'instance_type',
]

/** `provision show`, laid out as the documentation has it. */
export function provisionLayout(provision: ProvisionAnswer): string {
  const body = provision.TEMPLATE.PROVISION_BODY
  const { cluster, hosts, networks, datastores } = body.one_objects
  const plain = (name: unknown) => String(name).replace(` (provision_${provision.ID})`, '')
  const tags = Object.entries(body.tags)
  return [
    block(`PROVISION ${provision.ID} INFORMATION`, [
      ['ID', provision.ID],
      ['NAME', provision.NAME],
      ['DESCRIPTION', body.description],
      ['USER', provision.UNAME],
      ['GROUP', provision.GNAME],
      ['STATE', body.state],
      ['PROVIDER ID', body.provider_id],
      ['REGISTRATION TIME', time(body.registration_time)],
    ]),
    ...(body.scaling === undefined ? [] : [scalingLayout(body.scaling, body.one_objects)]),
    permissions(provision),
    block('PROVISION VALUES', values(body.user_inputs_values)),
    ...(tags.length === 0 ? [] : [block('TAGS', tags)]),
    `${heading('OPENNEBULA RESOURCES')}\n${block('CLUSTER', [
      ['ID', cluster.id ?? '-'],
      ['NAME', cluster.name === undefined ? '-' : plain(cluster.name)],
    ])}`,
    table(
      'HOSTS',
      ['ID', 'NAME', 'RESOURCE_ID'],
      hosts.map((h) => [h.id, h.name, h.resource_id]),
    ),
    table(
      'NETWORKS',
      ['ID', 'TYPE', 'NAME'],
      networks.map(({ id, name, template }) => [id, template?.['vn_mad'], plain(name)]),
    ),
    table(
      'DATASTORES',
      ['ID', 'TYPE', 'NAME'],
      datastores.map(({ id, name, template }) => {
        const type = String(template?.['type'] ?? '-').toLowerCase()
        return [id, type, plain(name)]
      }),
    ),
  ].join('\n\n')
}

/** Where public addresses are; what is wrong follows below, a sentence each. */
export function addressesLayout({ looked_at: at, addresses, findings }: AddressesAnswer): string {
  if (at === null) return 'The addresses have not been looked at yet; that is done each minute'
  const head = ['ADDRESS', 'VM ADDRESS', 'VM', 'ATTACHED TO', 'STATE', 'REVERSE']
  const rows = addresses.map((one) => [
    ...[one.address, one.vm_address, String(one.vm_id ?? '-'), one.attached_to ?? '-'],
    ...[one.verdict === 'right' ? one.status : one.verdict, one.reverse],
  ])
  const wrong = [...addresses.flatMap(({ sentence }) => sentence ?? []), ...findings]
  return [`LOOKED AT ${time(at)}`, list(head, rows), ...wrong].join('\n')
}

/** `provider show`, laid out as the stock command line does. */
export function providerLayout(provider: ProviderAnswer): string {
  const body = provider.TEMPLATE.PROVIDER_BODY
  const connection = Object.entries(body.connection).map(
    ([name, value]) => [name, value === '__redacted__' ? '************' : value] as const,
  )
  return [
    block(`PROVIDER ${provider.ID} INFORMATION`, [
      ['ID', provider.ID],
      ['NAME', provider.NAME],
      ['DESCRIPTION', body.description],
      ['USER', provider.UNAME],
      ['GROUP', provider.GNAME],
      ['DRIVER', body.driver],
      ['VERSION', body.version],
      ['REGISTRATION TIME', time(body.registration_time)],
    ]),
    permissions(provider),
    block('CONNECTION VALUES', connection),
    block('ASSOCIATED PROVISIONS', [['IDS:', body.provision_ids.join(',') || '--']]),
  ].join('\n\n')
}

function permissions({ PERMISSIONS }: DocumentAnswer): string {
  const bits = (who: string) =>
    (['U', 'M', 'A'] as const)
      .map((right) => (PERMISSIONS[`${who}_${right}`] === '1' ? right.toLowerCase() : '-'))
      .join('')
  return block('PERMISSIONS', [
    ['OWNER', bits('OWNER')],
    ['GROUP', bits('GROUP')],
    ['OTHER', bits('OTHER')],
  ])
}

function values(given: Readonly<Record<string, unknown>>): Pairs {
  const place = ([name]: readonly [string, unknown]) => {
    const index = documentedValues.indexOf(name)
    return index < 0 ? documentedValues.length : index
  }
  return Object.entries(given)
    .filter(([name]) => name !== 'oneform_tags')
    .sort((a, b) => place(a) - place(b))
}

/** What has happened to a provision, laid out as the stock command line does. */
export function historyLayout({ TEMPLATE }: ProvisionAnswer): string {
  const rows = TEMPLATE.PROVISION_BODY.historic.map((one) => [
    ...[time(one.time), one.action, one.description],
  ])
  return table('PROVISION HISTORIC', ['TIME', 'ACTION', 'DESCRIPTION'], rows, [15, 30])
}
