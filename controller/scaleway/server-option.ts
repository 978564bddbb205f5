import { fault } from './faults.ts'
import { findPrivateNetworkOption } from './private-network-option.ts'
import { type Site, type Watch, watch } from './site.ts'

const enabledWithinMs = 10 * 60_000

/**
 * Orders the private-network option for a server that was ordered without, and waits until it is there.
 * Throws EDGE_OFFER_UNSUITABLE.
 */
export async function ensureServerOption(site: Site, serverId: string, tell: Watch): Promise<void> {
  const { baremetal } = site.scaleway
  const { offerId } = await baremetal.getServer({ serverId })
  const optionId = await findPrivateNetworkOption(
    site.scaleway,
    await baremetal.getOffer({ offerId }),
  )
  const statusNow = async () =>
    (await baremetal.getServer({ serverId })).options.find(({ id }) => id === optionId)?.status
  if ((await statusNow()) === undefined) {
    tell(`ordering the private-network option of server ${serverId}`)
    await baremetal.addOptionServer({ serverId, optionId }).catch(async (error: unknown) => {
      // A lost answer, or somebody was faster: what the server shows decides.
      if ((await statusNow()) === undefined) throw error
    })
  }
  const options = { what: `the option of server ${serverId}`, withinMs: enabledWithinMs }
  await watch(site, options, async () => {
    const status = await statusNow()
    if (status === 'option_status_enable') return true
    tell(`private-network option ${status ?? 'not listed yet'}`)
    if (status === 'option_status_error')
      throw fault('EDGE_OPTION_FAILED', 'The private-network option could not be enabled', {
        ...{ object: `server ${serverId}`, answer: `status ${status}` },
      })
    return undefined
  })
}
