import type { ProviderAnswer } from './answers.ts'
import type { Client } from './client.ts'
import type { Going } from './going.ts'

/** Providers, with the provisions that they are needed for. */
export function providersGoing(client: Client): Going {
  return {
    ...{ kind: 'provider', verb: 'Delete', head: ['ID', 'NAME', 'DRIVER', 'PROVISIONS'] },
    look: async (id) => {
      const { NAME, TEMPLATE } = await client.call<ProviderAnswer>('GET', `/providers/${id}`)
      const { driver, provision_ids } = TEMPLATE.PROVIDER_BODY
      return { cells: [id, NAME, driver, provision_ids.join(', ') || '-'] }
    },
  }
}
