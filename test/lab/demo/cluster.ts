import type { Lab } from '../whole/lab.ts'

export interface ClusterHost {
  /** OpenNebula's id. */
  readonly id: number
  /** Public address, OpenNebula's name of the host. */
  readonly address: string
}

/** The provisioned cluster as `edgectl provision show --json` tells it. */
export interface Cluster {
  readonly provision: number
  readonly provider: number
  readonly state: string
  readonly hosts: readonly ClusterHost[]
  readonly privateNetwork: number
  readonly publicNetwork: number
  readonly networkTemplate: number
}

interface Shown {
  readonly TEMPLATE: { readonly PROVISION_BODY: ShownBody }
}

interface ShownBody {
  readonly state: string
  readonly provider_id: number
  readonly one_objects: {
    readonly hosts: readonly { readonly id: number; readonly name: string }[]
    readonly networks: readonly { readonly id: number; readonly name: string }[]
    readonly network_templates?: readonly { readonly id: number; readonly name: string }[]
  }
}

/** Reads the cluster through the product's own command. */
export async function readCluster(lab: Lab, provision: number): Promise<Cluster> {
  const shown = await lab.edgectl(['provision', 'show', `${provision}`, '--json'])
  if (shown.code !== 0) throw new Error(`edgectl provision show: ${shown.stderr}`)
  const { state, provider_id, one_objects } = bodyOf(JSON.parse(shown.stdout))
  const network = (begin: string) => idOf(one_objects.networks, begin)
  return {
    provision,
    provider: provider_id,
    state,
    hosts: one_objects.hosts.map(({ id, name }) => ({ id, address: name })),
    privateNetwork: network('private_'),
    publicNetwork: network('public_'),
    networkTemplate: idOf(one_objects.network_templates ?? [], 'private_'),
  }
}

function bodyOf(json: Shown | { readonly DOCUMENT: Shown }): ShownBody {
  return ('DOCUMENT' in json ? json.DOCUMENT : json).TEMPLATE.PROVISION_BODY
}

function idOf(objects: readonly { id: number; name: string }[], begin: string): number {
  const found = objects.find(({ name }) => name.startsWith(begin))
  if (!found) throw new Error(`The provision has no object called ${begin}…`)
  return found.id
}
