import { Baremetal, createClient, Flexibleip, Iam, Ipam, Vpc, Vpcgw } from '@scaleway/sdk'
import type { SimulatorOptions } from './index.ts'
import {
  createSimulator,
  type Simulator,
  simulatedKey,
  simulatedOrganization,
  simulatedProject,
} from './index.ts'
import { createMemoryWorld, type MemoryWorld } from './memory-world.ts'

export const zone = 'fr-par-2'
export const region = 'fr-par'
export const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

/** The real SDK's products, pointed at a simulator. */
export interface Customer {
  readonly sim: Simulator
  readonly world: MemoryWorld
  readonly iam: InstanceType<typeof Iam.v1alpha1.API>
  readonly metal: InstanceType<typeof Baremetal.v1.API>
  readonly nics: InstanceType<typeof Baremetal.v3.PrivateNetworkAPI>
  readonly fips: InstanceType<typeof Flexibleip.v1alpha1.API>
  readonly vpc: InstanceType<typeof Vpc.v2.API>
  readonly gateways: InstanceType<typeof Vpcgw.v2.API>
  readonly ipam: InstanceType<typeof Ipam.v1.API>
  /** A request without the SDK, with the key unless `headers` has another. */
  raw(method: string, path: string, body?: unknown, headers?: object): Promise<Response>
  admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown[]>>
  /** Simulated seconds pass at once. */
  pass(seconds: number): Promise<void>
}

/**
 * A customer of a new simulator whose time stands still until `pass` (unless options say otherwise):
 * no latency, no jitter, so that each state can be seen.
 */
export async function createCustomer(options: SimulatorOptions = {}): Promise<Customer> {
  const world = createMemoryWorld()
  const still = { timeScale: 1000, jitter: 0, latency: false, world }
  const sim = await createSimulator({ ...still, ...options })
  const client = createClient({
    ...simulatedKey,
    apiURL: sim.url,
    defaultProjectId: simulatedProject,
    defaultOrganizationId: simulatedOrganization,
    defaultRegion: region,
    defaultZone: zone,
  })
  const raw: Customer['raw'] = (method, path, body, headers = {}) =>
    fetch(`${sim.url}${path}`, {
      method,
      headers: {
        'x-auth-token': simulatedKey.secretKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return {
    sim,
    world,
    iam: new Iam.v1alpha1.API(client),
    metal: new Baremetal.v1.API(client),
    nics: new Baremetal.v3.PrivateNetworkAPI(client),
    fips: new Flexibleip.v1alpha1.API(client),
    vpc: new Vpc.v2.API(client),
    gateways: new Vpcgw.v2.API(client),
    ipam: new Ipam.v1.API(client),
    raw,
    admin: async (method, path, body) =>
      (await (await raw(method, `/_sim${path}`, body)).json()) as Record<string, unknown[]>,
    pass: (seconds) => sim.clock.advance(seconds * 1000),
  }
}

export const privateNetworkOption = 'cd4158d7-2d65-49be-8803-c4b8ab6f760c'
export const ubuntu = '96e5f0f2-d216-4de2-8a15-68730d877885'

/** Orders an EM-A116X-SSD with Ubuntu, user data and the Private Network option. */
export async function orderServer({ iam, metal }: Customer, name: string) {
  const offers = await metal.listOffers({ name: 'EM-A116X-SSD' })
  const offer = offers.offers[0]
  const { sshKeys } = await iam.listSSHKeys({})
  const key =
    sshKeys[0] ?? (await iam.createSSHKey({ name: 'k', publicKey: `${publicKey} me@here` }))
  return await metal.createServer({
    name,
    description: '',
    offerId: offer?.id ?? '',
    tags: [`key=${name}`],
    protected: false,
    optionIds: [privateNetworkOption],
    userData: Buffer.from('#cloud-config\n{}').toString('base64'),
    install: { osId: ubuntu, hostname: name, sshKeyIds: [key.id] },
  })
}

/** The same, delivered and installed. */
export async function installedServer(customer: Customer, name: string) {
  const { id: serverId } = await orderServer(customer, name)
  await customer.pass(400)
  return await customer.metal.getServer({ serverId })
}

export async function makeNetwork({ vpc }: Customer, subnet = '10.180.0.0/22') {
  const { id: vpcId } = await vpc.createVPC({ name: 'edge', tags: [], enableRouting: true })
  return await vpc.createPrivateNetwork({
    name: 'edge',
    tags: [],
    vpcId,
    subnets: [subnet],
    defaultRoutePropagationEnabled: false,
  })
}

/** What an SDK error must look like; tap's types know only the members of `Error`. */
export const refusal = (fields: object) => ({ name: /Error$/, ...fields })
