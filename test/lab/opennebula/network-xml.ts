import type { Cloud, Network } from './cloud.ts'
import { ownerXml, permissionsXml } from './owned.ts'
import { pooledRangeXml, rangeXml } from './ranges.ts'
import { cdata, cdataOrEmpty, ids, plain, wrapped } from './xml.ts'

/** A network as `one.vn.info` shows it when `whole`, else as the pool does. */
export function networkXml(cloud: Cloud, network: Network, whole: boolean): string {
  const { ranges } = network
  const used = ranges.reduce((sum, { leases }) => sum + leases.size, 0)
  return wrapped(
    'VNET',
    plain('ID', network.id) +
      ownerXml(network, cloud.users) +
      plain('NAME', network.name) +
      permissionsXml(network) +
      ids('CLUSTERS', network.clusterIds) +
      cdata('BRIDGE', network.bridge) +
      cdata('BRIDGE_TYPE', 'linux') +
      cdata('STATE', network.state) +
      cdata('PREV_STATE', network.prevState) +
      '<PARENT_NETWORK_ID/>' +
      (network.templateId === undefined
        ? '<TEMPLATE_ID/>'
        : plain('TEMPLATE_ID', network.templateId)) +
      cdata('VN_MAD', network.vnMad) +
      cdataOrEmpty('PHYDEV', network.phydev) +
      cdataOrEmpty('VLAN_ID', network.vlanId) +
      '<OUTER_VLAN_ID/>' +
      plain('VLAN_ID_AUTOMATIC', network.automaticVlan ? 1 : 0) +
      plain('OUTER_VLAN_ID_AUTOMATIC', 0) +
      plain('USED_LEASES', used) +
      ['VROUTERS', 'UPDATED_VMS', 'OUTDATED_VMS', 'UPDATING_VMS', 'ERROR_VMS']
        .map((name) => wrapped(name, ''))
        .join('') +
      network.template.xml() +
      wrapped('AR_POOL', ranges.map(whole ? rangeXml : pooledRangeXml).join('')),
  )
}
