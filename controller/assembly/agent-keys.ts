import type { HubOptions } from '../hub/index.ts'
import type { Host, OpenNebula } from '../opennebula/index.ts'
import { hostFacts } from '../provision/index.ts'
import { fault } from './faults.ts'

const attribute = 'EDGE_AGENT_KEY'

/**
 * Where admitted agents' public keys live: in the template of their OpenNebula host, so that a
 * controller that lost its disk knows its agents.
 */
export function createAgentKeys(
  one: Pick<OpenNebula, 'hosts'>,
): Pick<HubOptions, 'knownKey' | 'storeKey'> {
  async function hostOf(server: string): Promise<Host | undefined> {
    return (await one.hosts.list()).find(({ template }) => hostFacts(template)?.server === server)
  }
  return {
    async knownKey(server) {
      const value = (await hostOf(server))?.template[attribute]
      return typeof value === 'string' && value !== '' ? value : null
    },
    async storeKey(server, publicKey) {
      const host = await hostOf(server)
      if (!host) {
        throw fault('EDGE_AGENT_HOST_MISSING', `No OpenNebula host has server ${server}`)
      }
      await one.hosts.update(host.id, { [attribute]: publicKey })
    },
  }
}
