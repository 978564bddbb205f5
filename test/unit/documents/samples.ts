import {
  engine,
  type ProviderBody,
  type ProvisionBody,
  states,
} from '../../../controller/documents/index.ts'
import { connectionInputs } from '../../../controller/provision/user-inputs.ts'

export function providerBody(): ProviderBody {
  return {
    engine,
    name: 'scw-par2',
    description: 'test',
    driver: 'scaleway',
    version: '1.0.0',
    fireedge: {},
    user_inputs: connectionInputs,
    connection: {
      access_key: 'SCWXXXXXXXXXXXXXXXXX',
      secret_key: '11111111-1111-4111-8111-111111111111',
      project_id: '22222222-2222-4222-8222-222222222222',
      region: 'fr-par',
      zone: 'fr-par-2',
    },
    provision_ids: [],
    registration_time: 1795335342,
  }
}

export function provisionBody(provider: number): ProvisionBody {
  return {
    engine,
    uuid: '33333333-3333-4333-8333-333333333333',
    name: 'edge-a',
    description: 'first edge',
    driver: 'scaleway',
    deployment_file: 'ssh_cluster',
    fireedge: {},
    provider_id: provider,
    state: states.PENDING,
    user_inputs: [],
    user_inputs_values: {},
    tags: {},
    one_objects: { cluster: {}, hosts: [], networks: [], datastores: [] },
    historic: [],
    registration_time: 1795335365,
  }
}
