import { connectionInputs } from '../../provision/index.ts'
import { scalewayDriver } from '../scaleway-driver.ts'

/** The driver as a front-end shows it. */
export const driver = scalewayDriver({ systemPath: '/usr/lib/edgectl', version: '1.0.0' })

const { fireedge, user_inputs } = driver
const document = (id: string, type: string, name: string, template: object) => ({
  DOCUMENT: {
    ...{ ID: id, UID: '0', GID: '0', UNAME: 'oneadmin', GNAME: 'oneadmin', NAME: name, TYPE: type },
    PERMISSIONS: {
      ...{ OWNER_U: '1', OWNER_M: '1', OWNER_A: '0', GROUP_U: '0', GROUP_M: '0', GROUP_A: '0' },
      ...{ OTHER_U: '0', OTHER_M: '0', OTHER_A: '0' },
    },
    TEMPLATE: template,
  },
})

export const provider = document('3', '103', 'scw-par2', {
  PROVIDER_BODY: {
    ...{ name: 'scw-par2', description: driver.description, driver: 'scaleway', version: '1.0.0' },
    ...{ fireedge, user_inputs: connectionInputs.slice(0, 1) },
    connection: {
      ...{ access_key: 'SCWXXXXXXXXXXXXXXXXX', secret_key: '__redacted__' },
      ...{ project_id: '__redacted__', region: 'fr-par', zone: 'fr-par-2' },
    },
    ...{ provision_ids: [5], registration_time: 1795335342 },
  },
})

export const provision = document('5', '104', 'edge-a', {
  PROVISION_BODY: {
    ...{ name: 'edge-a', description: 'first edge', deployment_file: 'ssh_cluster', fireedge },
    user_inputs: user_inputs.slice(0, 1),
    user_inputs_values: { oneform_hosts: 1, cidr_block: '10.180.0.0/22' },
    ...{ provider_id: 3, state: 'RUNNING' },
    one_objects: {
      cluster: { id: 102, name: 'edge-a (provision_5)' },
      hosts: [
        {
          ...{ id: 4, resource_id: 'fr-par-2/545b357e-4da5-495b-95bd-105ad07ff324' },
          ...{ name: '51.15.1.10', childs: {} },
        },
      ],
      networks: [{ id: 19, name: 'private_scaleway_network (provision_5)', childs: {} }],
      datastores: [{ id: 102, name: 'scaleway_system_ds (provision_5)', childs: {} }],
    },
    registration_time: 1795335365,
    historic: [
      {
        ...{ action: 'State changed', description: 'State changed from PENDING to INIT' },
        time: 1795335365,
      },
    ],
    tags: { owner: 'ops' },
  },
})

export const price = {
  ...{ per_hour: 0.107, per_month: 78.11, once: 0, currency: 'EUR', source: 'Scaleway’s offer' },
}
