import { connectionInputs, type Hypervisor, userInputsFor } from '../provision/index.ts'
import type { DriverDescription } from './ports.ts'

export interface DriverPlace {
  /** Directory under which OpenNebula's elastic driver finds `elastic/*.rb`. */
  readonly systemPath: string
  readonly version: string
  /** Of hosts whose provision names none; kvm unless given. */
  readonly hypervisor?: Hypervisor
}

/** The scaleway driver in the shape in which OneForm describes its drivers. */
export function scalewayDriver({
  systemPath,
  version,
  hypervisor = 'kvm',
}: DriverPlace): DriverDescription {
  return {
    name: 'Scaleway',
    description: 'Scaleway Baremetal Cloud Provider',
    state: 'ENABLED',
    registry: 'edgectl',
    version,
    system_path: systemPath,
    fireedge: {
      logo: '/fireedge/client/assets/images/providers/scaleway.png',
      color: '948DD7',
      operations: { 'add-host': 'amount', 'del-host': 'ids', 'add-ip': 'amount', 'del-ip': 'ids' },
      layout: {
        provider: ['oneform_hosts', 'instance_type', 'instance_os_name', 'instance_disk_size'],
        network: ['cidr_block', 'instance_public_ips'],
      },
    },
    connection: connectionInputs,
    user_inputs: userInputsFor(hypervisor),
    deployment_confs: [
      {
        name: 'Scaleway SSH Cluster',
        description:
          '<p>Creates a cluster on Scaleway bare metal using OpenNebula SSH datastore drivers.</p>',
        inventory: 'ssh_cluster',
        user_inputs: [],
        template_path: systemPath,
        one_objects: {
          cluster: {},
          hosts: [],
          networks: [
            { id: null, name: 'private_scaleway_network', template: { vn_mad: 'vxlan' } },
            { id: null, name: 'public_scaleway_network', template: { vn_mad: 'elastic' } },
          ],
          datastores: [
            { id: null, name: 'scaleway_system_ds', template: { type: 'SYSTEM_DS' } },
            { id: null, name: 'scaleway_image_ds', template: { type: 'IMAGE_DS' } },
          ],
        },
      },
    ],
  }
}

/** What a provision's document tells of its inputs, made with these values. */
export function describeProvision(
  { fireedge, user_inputs, deployment_confs }: DriverDescription,
  values: Record<string, unknown>,
) {
  const more = deployment_confs[0]?.user_inputs ?? []
  return { fireedge, user_inputs: [...user_inputs, ...more], user_inputs_values: values }
}
