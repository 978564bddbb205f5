import { metalZones } from '../../lib/scaleway/index.ts'
import type { InputSpec } from '../documents/index.ts'
import { gatewayTypes, standardDiskGb } from '../scaleway/index.ts'

export type Hypervisor = 'kvm' | 'lxc'

/** What a provision is asked for, in the order of the prompts; names are those of the documentation. */
export const userInputs: readonly InputSpec[] = [
  {
    name: 'oneform_hosts',
    description: 'Number of instances to create',
    type: 'number',
    default: 1,
    mandatory: false,
    sensitive: false,
    match: { type: 'number', values: { min: 1, max: 10 } },
  },
  {
    name: 'instance_type',
    description: 'Instance type',
    type: 'string',
    default: 'em_a116x_ssd',
    mandatory: false,
    sensitive: false,
    match: { type: 'list', values: ['em_a116x_ssd', 'em_a115x_ssd'] },
  },
  {
    name: 'instance_os_name',
    description: 'OS',
    type: 'string',
    default: 'ubuntu_2204',
    mandatory: false,
    sensitive: false,
    match: { type: 'list', values: ['ubuntu_2204', 'ubuntu_2404'] },
  },
  {
    name: 'instance_disk_size',
    description: 'Disk size in GB',
    type: 'number',
    default: standardDiskGb,
    mandatory: false,
    sensitive: false,
    match: { type: 'number', values: { min: 32, max: 1024 } },
  },
  {
    name: 'instance_public_ips',
    description: 'Number of public IPs',
    type: 'number',
    default: 0,
    mandatory: false,
    sensitive: false,
    match: { type: 'number', values: { min: 0, max: 5 } },
  },
  {
    name: 'cidr_block',
    description: 'CIDR block for the VPC',
    type: 'string',
    default: '10.180.0.0/22',
    mandatory: false,
    sensitive: false,
  },
  {
    name: 'oneform_tags',
    description: 'Tags to assign to the instances',
    type: 'map(string)',
    default: {},
    mandatory: false,
    sensitive: false,
  },
  {
    name: 'hypervisor',
    description: 'Hypervisor of the hosts',
    type: 'string',
    default: 'kvm',
    mandatory: false,
    sensitive: false,
    match: { type: 'list', values: ['kvm', 'lxc'] },
  },
  {
    name: 'gateway_type',
    description: 'Public gateway; the small one has 100 Mb/s, shared by the whole cluster',
    type: 'string',
    default: 'VPC-GW-S',
    mandatory: false,
    sensitive: false,
    match: { type: 'list', values: Object.keys(gatewayTypes) },
  },
  {
    name: 'billing',
    description: 'Billing of servers; monthly is a commitment, paid at once and not refundable',
    type: 'string',
    default: 'hourly',
    mandatory: false,
    sensitive: false,
    match: { type: 'list', values: ['hourly', 'monthly'] },
  },
  {
    name: 'gateway_bastion',
    description: 'Whether the public gateway lets SSH through to the hosts',
    type: 'boolean',
    default: true,
    mandatory: false,
    sensitive: false,
  },
]

/** The inputs of a controller whose configuration names another hypervisor. */
export function userInputsFor(hypervisor: Hypervisor): readonly InputSpec[] {
  return userInputs.map((spec) =>
    spec.name === 'hypervisor' ? { ...spec, default: hypervisor } : spec,
  )
}

/** OneForm's name of an input that the documentation calls otherwise. */
export const inputAliases: Readonly<Record<string, string>> = {
  oneform_public_ips: 'instance_public_ips',
}

/** What a provider is asked for. */
export const connectionInputs: readonly InputSpec[] = [
  {
    name: 'access_key',
    description: 'Scaleway access key',
    type: 'string',
    mandatory: true,
    sensitive: false,
  },
  {
    name: 'secret_key',
    description: 'Scaleway secret key',
    type: 'string',
    mandatory: true,
    sensitive: true,
  },
  {
    name: 'project_id',
    description: 'Scaleway project ID',
    type: 'string',
    mandatory: true,
    sensitive: true,
  },
  {
    name: 'region',
    description: 'Scaleway region',
    type: 'string',
    default: 'fr-par',
    mandatory: false,
    sensitive: false,
    match: { type: 'list', values: ['fr-par', 'nl-ams', 'pl-waw'] },
  },
  {
    name: 'zone',
    description: 'Scaleway zone',
    type: 'string',
    default: 'fr-par-1',
    mandatory: false,
    sensitive: false,
    match: {
      type: 'map',
      grouped_by: 'region',
      values: Object.fromEntries(
        ['fr-par', 'nl-ams', 'pl-waw'].map((region) => [
          region,
          metalZones.filter((zone) => zone.startsWith(region)),
        ]),
      ),
    },
  },
]
