import type { CloudFound, Found, OneFound } from '../../../controller/adopt/found.ts'
import { readStockProvision } from '../../../controller/adopt/stock-provision.ts'
import type { StoredDocument } from '../../../controller/documents/index.ts'
import { recorded } from '../api/support.ts'

export const serverIds = [
  '545b357e-4da5-495b-95bd-105ad07ff324',
  'f38185ae-8590-487a-a6bf-6d628c22c665',
] as const

export const adoptedUuid = 'a0000000-0000-8000-8000-000000000005'

/** The recorded provision as it lies in OpenNebula: its state is a number there. */
export function stockDocument(change: object = {}): StoredDocument {
  const { DOCUMENT } = JSON.parse(recorded('provision-show').text) as {
    DOCUMENT: { TEMPLATE: { PROVISION_BODY: object } }
  }
  const body = { ...DOCUMENT.TEMPLATE.PROVISION_BODY, state: 6, ...change }
  const bits = { U: true, M: true, A: false }
  return {
    ...{ id: 5, name: 'edge-a', type: 104, attribute: 'PROVISION_BODY', body },
    owner: { uid: 0, gid: 0, uname: 'oneadmin', gname: 'oneadmin' },
    permissions: {
      ...{ ownerU: bits.U, ownerM: bits.M, ownerA: bits.A },
      ...{ groupU: false, groupM: false, groupA: false },
      ...{ otherU: false, otherM: false, otherA: false },
    },
  }
}

const price = {
  perHour: 0.02,
  perMonth: 14.6,
  once: 0,
  currency: 'EUR',
  source: 'Scaleway’s offer',
}

export const cloud: CloudFound = {
  zone: 'fr-par-2',
  keys: [{ id: 'k', name: 'provision_5_key_0a' }],
  servers: serverIds.map((id, n) => ({
    ...{ id, name: `provision_5_host_${n}`, offer: 'EM-A116X-SSD', address: `51.15.1.1${n}` },
    ...{ status: 'ready', install: 'completed', tags: ['owner=ops'], optioned: false },
    ...{ optionPrice: price, privateNetworks: [], optionable: true },
  })),
  strays: [],
  vpcs: [{ id: 'v', name: 'provision_5_vpc_0a', tags: [] }],
  networks: [
    { id: 'n', name: 'provision_5_private_network_0a', tags: [], vpc: 'v', cidr: '172.18.0.0/24' },
  ],
  gateways: [
    {
      ...{ id: 'g', name: 'provision_5_internet_gateway_0a', tags: [], type: 'VPC-GW-S' },
      ...{ status: 'running', address: { id: 'i', address: '51.15.9.9' }, privateNetworks: ['n'] },
      bastion: ['0.0.0.0/0'],
    },
  ],
  addresses: [{ id: 'f', external: '163.172.5.1', status: 'ready', server: null, tags: [] }],
}

export const opennebula: OneFound = {
  cluster: { id: 102, name: 'edge-a (provision_5)' },
  hosts: [
    {
      ...{ id: 4, name: '51.15.1.10', state: 'MONITORED', vmMad: 'kvm', keptClosed: false },
      resource: `fr-par-2/${serverIds[0]}`,
    },
    {
      ...{ id: 5, name: '51.15.1.11', state: 'MONITORED', vmMad: 'kvm', keptClosed: false },
      resource: `fr-par-2/${serverIds[1]}`,
    },
  ],
  networks: [
    {
      ...{ id: 19, name: 'private_scaleway_network (provision_5)', vnMad: 'vxlan', vlanId: 21 },
      attributes: { PHYDEV: 'eno1' },
    },
    {
      ...{
        id: 20,
        name: 'public_scaleway_network (provision_5)',
        vnMad: 'elastic',
        vlanId: undefined,
      },
      attributes: { BRIDGE: 'br0' },
    },
  ],
  datastores: [
    { id: 102, name: 'scaleway_system_ds (provision_5)', type: 'system' },
    { id: 103, name: 'scaleway_image_ds (provision_5)', type: 'image' },
  ],
  ranges: [
    {
      ...{ network: 20, id: 0, ip: '172.27.9.4', external: '163.172.5.1' },
      ...{ flexibleIp: 'f', gateway: '172.27.9.5', used: 0 },
    },
  ],
  machines: [],
  foreignNetworks: [],
  foreignHosts: [],
}

/** A provision that nothing keeps from being taken over. */
export function whole(change: Partial<Found> = {}): Found {
  return {
    provision: readStockProvision(stockDocument()),
    uuid: adoptedUuid,
    provider: { id: 8, name: 'scw' },
    cloud,
    opennebula,
    logins: new Map([
      ['51.15.1.10', null],
      ['51.15.1.11', null],
    ]),
    ...change,
  }
}
