import type { Cloud, NicVector, Vm } from './cloud.ts'

/** The three moments of a network driver; `host` is what argv names. Rejections name the reason. */
export interface NetworkDriver {
  pre(cloud: Cloud, host: string, nics: readonly NicVector[]): Promise<void>
  post(cloud: Cloud, deployId: string, host: string, document: string): Promise<void>
  clean(cloud: Cloud, host: string, document: string): Promise<void>
}

const nothing = async () => {}

/** NoVLAN: a bridge is made when it is not there, and never removed. */
const bridge: NetworkDriver = {
  async pre(cloud, host, nics) {
    for (const nic of nics) {
      const name = nic['BRIDGE'] ?? ''
      if (nic['PHYDEV']) {
        throw new Error(`would enslave the physical device ${nic['PHYDEV']} to ${name}`)
      }
      if (!(await cloud.hypervisor.hasBridge(host, name))) {
        await cloud.hypervisor.makeBridge(host, name)
      }
    }
  },
  post: nothing,
  clean: nothing,
}

/**
 * The stock driver compares only two names: does the bridge exist, and is `PHYDEV.VLAN_ID` a port of
 * it. What it would then create, or later delete, is the agent's business here, so it is refused.
 */
const vxlan: NetworkDriver = {
  async pre(cloud, host, nics) {
    for (const nic of nics) {
      const name = nic['BRIDGE'] ?? ''
      const device = `${nic['PHYDEV']}.${nic['VLAN_ID']}`
      if (!/(^|,)\s*keep_empty_bridge\s*=\s*(true|yes)/i.test(nic['CONF'] ?? '')) {
        throw new Error(`would delete ${device} and ${name} when the last VM leaves ${host}`)
      }
      if (!(await cloud.hypervisor.hasBridge(host, name))) {
        throw new Error(`would have to create bridge ${name} on ${host}`)
      }
      if (!(await cloud.hypervisor.bridgeHasPort(host, name, device))) {
        throw new Error(`would have to create ${device} on ${host} and enslave it to ${name}`)
      }
    }
  },
  post: nothing,
  clean: nothing,
}

const elastic: NetworkDriver = {
  pre: bridge.pre,
  post: (cloud, deployId, host, document) => cloud.elastic.run('post', [deployId, host], document),
  clean: (cloud, host, document) => cloud.elastic.run('clean', [host], document),
}

const drivers: Readonly<Record<string, NetworkDriver>> = { bridge, vxlan, elastic }

/** One step for each driver of a VM, in order of its first NIC; the first failure ends it. */
export async function withDrivers(
  vm: Vm,
  step: (driver: NetworkDriver, nics: readonly NicVector[]) => Promise<void>,
): Promise<void> {
  const names = [...new Set(vm.nics.map((nic) => nic['VN_MAD'] ?? ''))]
  for (const name of names) {
    const driver = drivers[name]
    if (!driver) continue
    const nics = vm.nics.filter((nic) => nic['VN_MAD'] === name)
    await step(driver, nics).catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`)
    })
  }
}
