import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOpenNebula, type OpenNebula } from '../../../controller/opennebula/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { createOpenNebulaStandIn, type Hypervisor, type StandIn } from '../opennebula/index.ts'
import { simulatedProject } from '../scaleway/index.ts'
import { publicKey, type Site, timing } from './site.ts'

/** Where the stock driver works: a project at Scaleway. */
export type StockSite = Pick<Site, 'scaleway' | 'tell'> & {
  readonly hardware: Pick<Site['hardware'], 'model' | 'waitDelivered' | 'waitInstalled'>
}

/** A cluster as the stock driver's terraform and OneForm's server leave it, RUNNING. */
export interface StockCluster {
  /** The provision's document. */
  readonly id: number
  /** The private network, on which no server is. */
  readonly networkId: string
  readonly servers: readonly { readonly id: string; readonly address: string }[]
}

export interface StockStage extends StockCluster {
  readonly one: OpenNebula
  readonly standIn: StandIn
}

const hypervisor: Hypervisor = {
  hostAnswers: async () => true,
  hasBridge: async () => true,
  bridgeHasPort: async () => true,
  makeBridge: async () => {},
  startVm: async () => {},
  stopVm: async () => {},
  moveVm: async () => {},
}

const cidr = '172.18.0.0/24'

export async function createStockStage(
  t: { teardown(fn: () => unknown): void },
  site: Site,
  hosts: number,
): Promise<StockStage> {
  const ipamDir = await mkdtemp(join(tmpdir(), 'ipam-'))
  t.teardown(() => rm(ipamDir, { recursive: true, force: true }))
  await mkdir(join(ipamDir, 'scaleway'))
  const standIn = await createOpenNebulaStandIn({
    ...{ ipamDir, hypervisor, users: { oneadmin: 'secret-of-admin' } },
    clock: createClock(timing),
  })
  t.teardown(() => standIn.close())
  const one = createOpenNebula({ endpoint: standIn.url, session: 'oneadmin:secret-of-admin' })
  t.teardown(() => one.close())

  return { one, standIn, ...(await makeStock(site, { one, standIn }, { hosts })) }
}

export interface StockWish {
  readonly hosts: number
  readonly publicIps?: number
  /** Whether another provision of that number, made from another cloud, is in the same project. */
  readonly namesake?: boolean
}

/** Makes all that the stock server makes of a provision; its range's private addresses are hashes. */
export async function makeStock(
  site: StockSite,
  { one, standIn }: { readonly one: OpenNebula; readonly standIn: StandIn },
  { hosts, publicIps = 0, namesake = true }: StockWish,
): Promise<StockCluster> {
  const provider = await one.documents.create(103, 'stock', 'PROVIDER_BODY', {
    driver: 'scaleway',
    connection: { project_id: simulatedProject, zone: 'fr-par-2', secret_key: 'in clear' },
  })
  const id = await one.documents.create(104, 'edge-a', 'PROVISION_BODY', {})
  if (namesake) await network(site, id, 'ffffffffffff')
  const { networkId } = await network(site, id, '0a1b2c3d4e5f')
  const servers = await metal(site, id, '0a1b2c3d4e5f', hosts)
  const objects = await opennebulaObjects(one, id, provider, servers)
  const publics = objects.networks[1]
  const ar = []
  for (let n = 0; n < publicIps; n++) {
    const ip = await stockRange(site, standIn, { id, publics: publics.id, n, provider })
    ar.push({ ipam: 'scaleway', ar_id: n, ip })
  }
  const networks = [objects.networks[0], { ...publics, template: { vn_mad: 'elastic', ar } }]
  await one.documents.update(id, 'PROVISION_BODY', {
    ...{ name: 'edge-a', provider_id: provider, state: 6, deployment_file: 'ssh_cluster' },
    user_inputs_values: { oneform_hosts: hosts, cidr_block: cidr, oneform_public_ips: publicIps },
    ...{ tags: { owner: 'ops' }, one_objects: { ...objects, networks } },
  })
  return { id, networkId, servers }
}

/** What `one.vn.add_ar` and the stock IPAM driver leave: an address, and a range with a hash of it. */
async function stockRange(
  { scaleway }: StockSite,
  { state }: StandIn,
  wanted: { id: number; publics: number; n: number; provider: number },
): Promise<string> {
  const { id, publics, n, provider } = wanted
  const tags = ['owner=ops', `PROVISION_ID=${provider}`]
  const fip = await scaleway.flexibleIp.createFlexibleIP({ description: '', tags, isIpv6: false })
  state.networks.get(publics).ranges.push({
    id: n,
    attributes: {
      ...{ AR_ID: String(n), TYPE: 'IP4', IP: `172.27.9.${4 * n + 5}`, SIZE: '1' },
      ...{
        MAC: `02:00:ac:1b:09:0${4 * n + 5}`,
        IPAM_MAD: 'scaleway',
        SHARED: 'NO',
        NEXT_INDEX: '0',
      },
      ...{ GATEWAY: `172.27.9.${4 * n + 4}`, EXTERNAL_IP: fip.ipAddress },
      ...{ NETWORK_MASK: '255.255.255.254', SCALEWAY_IP_ID: fip.id, PROVISION_ID: String(id) },
    },
    leases: new Map(),
  })
  return fip.ipAddress
}

async function network({ scaleway }: StockSite, id: number, word: string) {
  const tags = ['owner=ops', `provision_id=${id}`]
  const { vpc, gateway } = scaleway
  const name = (what: string) => `provision_${id}_${what}_${word}`
  const { id: vpcId } = await vpc.createVPC({ name: name('vpc'), tags, enableRouting: true })
  const { id: networkId } = await vpc.createPrivateNetwork({
    ...{ name: name('private_network'), tags, vpcId, subnets: [cidr] },
    defaultRoutePropagationEnabled: false,
  })
  const { id: gatewayId } = await gateway.createGateway({
    ...{ name: name('internet_gateway'), tags, type: 'VPC-GW-S' },
    ...{ enableSmtp: false, enableBastion: true },
  })
  const running = async () => (await gateway.getGateway({ gatewayId })).status === 'running'
  while (!(await running())) await new Promise((done) => setTimeout(done, 10))
  await gateway.createGatewayNetwork({
    ...{ gatewayId, privateNetworkId: networkId, enableMasquerade: true, pushDefaultRoute: true },
  })
  while (!(await running())) await new Promise((done) => setTimeout(done, 10))
  return { networkId }
}

async function metal(
  { scaleway, hardware, tell }: StockSite,
  id: number,
  word: string,
  hosts: number,
) {
  const { baremetal, iam } = scaleway
  const model = await hardware.model({
    ...{ instanceType: 'em_a116x_ssd', osName: 'ubuntu_2204', diskGb: 128, hosts, publicIps: 0 },
    ...{ billing: 'hourly', gatewayType: 'VPC-GW-S', cidr },
  })
  const key = await iam.createSSHKey({ name: `provision_${id}_key_${word}`, publicKey })
  const servers = []
  for (let n = 0; n < hosts; n++) {
    const name = `provision_${id}_host_${n}`
    const install = { osId: model.osId, hostname: name.replaceAll('_', '-'), sshKeyIds: [key.id] }
    const server = await baremetal.createServer({
      ...{ name, description: '', tags: ['owner=ops'], offerId: model.offer.id, optionIds: [] },
      ...{ protected: false, install },
    })
    const address = await hardware.waitDelivered(server.id, name, tell)
    await hardware.waitInstalled(server.id, name, tell)
    servers.push({ id: server.id, address })
  }
  return servers
}

async function opennebulaObjects(
  one: OpenNebula,
  id: number,
  provider: number,
  servers: StockStage['servers'],
) {
  const ONEFORM = { PROVISION_ID: id, PROVIDER_ID: provider, DRIVER: 'scaleway', OWNER: 'ops' }
  const named = (name: string) => `${name} (provision_${id})`
  const cluster = await one.clusters.create(named('edge-a'))
  await one.clusters.update(cluster, { ONEFORM })
  const store = { TM_MAD: 'ssh', SAFE_DIRS: '/var/tmp /tmp', ONEFORM }
  const system = await one.datastores.create(
    { NAME: named('scaleway_system_ds'), TYPE: 'SYSTEM_DS', ...store },
    cluster,
  )
  const images = await one.datastores.create(
    { NAME: named('scaleway_image_ds'), TYPE: 'IMAGE_DS', DS_MAD: 'fs', ...store },
    cluster,
  )
  const privates = await one.networks.create(
    {
      ...{ NAME: named('private_scaleway_network'), VN_MAD: 'vxlan', VXLAN_MODE: 'evpn' },
      ...{ AUTOMATIC_VLAN_ID: 'yes', PHYDEV: 'eno1', IP_LINK_CONF: 'nolearning=' },
      NETWORK_ADDRESS: '172.17.2.0',
      NETWORK_MASK: '255.255.255.0',
      GATEWAY: '172.17.2.1',
      AR: { TYPE: 'IP4', IP: '172.17.2.100', SIZE: 100 },
      ONEFORM,
    },
    cluster,
  )
  const publics = await one.networks.create(
    { NAME: named('public_scaleway_network'), VN_MAD: 'elastic', BRIDGE: 'br0', ONEFORM },
    cluster,
  )
  const hosts = []
  for (const { id: server, address } of servers) {
    const host = await one.hosts.create(address, 'kvm', 'kvm', cluster)
    const resource_id = `fr-par-2/${server}`
    await one.hosts.update(host, { ONEFORM: { ...ONEFORM, RESOURCE_ID: resource_id } })
    hosts.push({ id: host, name: address, resource_id, childs: {} })
  }
  const entry = (object: number, name: string) => ({ id: object, name: named(name), childs: {} })
  return {
    cluster: { id: cluster, name: named('edge-a') },
    hosts,
    networks: [
      entry(privates, 'private_scaleway_network'),
      entry(publics, 'public_scaleway_network'),
    ] as const,
    datastores: [entry(system, 'scaleway_system_ds'), entry(images, 'scaleway_image_ds')],
  }
}
