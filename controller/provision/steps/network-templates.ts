import { underlayName } from '../../../lib/contract/index.ts'

const overlayMtu = 1450

/**
 * A VXLAN network as OpenNebula's stock driver and the agent agree on it: the agent's bridge and
 * device carry the names the driver looks for, it finds them in place and runs no command. Without
 * keep_empty_bridge it would delete the bridge with the last virtual machine; without dstport it
 * would make a device on 8472, which cannot be changed in place.
 */
export const privateNetwork = {
  VN_MAD: 'vxlan',
  VXLAN_MODE: 'evpn',
  VXLAN_TEP: 'local_ip',
  PHYDEV: underlayName,
  AUTOMATIC_VLAN_ID: 'YES',
  IP_LINK_CONF: 'nolearning=,dstport=4789',
  CONF: 'keep_empty_bridge=true',
  MTU: overlayMtu,
  GUEST_MTU: overlayMtu,
  SECURITY_GROUPS: '0',
} as const

/**
 * The addresses of the first private network, outside of what Docker, libvirt, LXC and Kubernetes take by
 * themselves; .2 to .9 stay free for the administrator.
 */
export const privateRange = {
  network: {
    NETWORK_ADDRESS: '10.184.0.0',
    NETWORK_MASK: '255.255.255.0',
    GATEWAY: '10.184.0.1',
    DNS: '1.1.1.1',
  },
  ar: { TYPE: 'IP4', IP: '10.184.0.10', SIZE: 200 },
} as const

/** Addresses come from the IPAM driver, each with its own gateway; never a PHYDEV, it would be enslaved. */
export const publicNetwork = {
  VN_MAD: 'elastic',
  NETROLE: 'public',
  NETWORK_MASK: '255.255.255.254',
  DNS: '1.1.1.1',
  SECURITY_GROUPS: '0',
} as const
