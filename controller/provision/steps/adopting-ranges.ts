import type { AdoptedRange, Adopting } from '../../documents/index.ts'
import type { Network } from '../../opennebula/index.ts'
import type { Step, StepTalk } from '../engine.ts'
import type { Work } from '../work.ts'
import { countRanges } from './public-addresses.ts'

/**
 * Ranges of the stock IPAM driver are made anew: its private addresses are hashes and not of our pool. First
 * the old one forgets whose public address it has, so that no driver, ours or the stock one, releases it
 * with the range, and the new one may have it.
 */
export function disarmSteps(work: Work, { ranges }: Adopting): Step[] {
  return ranges.map((range) => ({
    name: disarmName(range),
    run: async () => {
      const { networks } = work.ports.opennebula
      const old = oldRange(await networks.get(range.network), range)
      if (old?.attributes['EXTERNAL_IP'] === undefined && !old?.attributes['SCALEWAY_IP_ID']) return
      await networks.updateRange(range.network, range.id, { SIZE: 1, PROVISION_ID: work.id })
    },
  }))
}

/** After the new ones are there: the old ones go, and oned refuses it for one that is in use. */
export function dropSteps(work: Work, { ranges }: Adopting, needs: readonly string[]): Step[] {
  if (ranges.length === 0) return []
  const steps = ranges.map((range, index) => {
    const before = ranges[index - 1]
    return {
      name: dropName(range),
      // oned runs one IPAM driver at a time.
      needs: before === undefined ? needs : [dropName(before)],
      run: ({ tell }: StepTalk) => drop(work, range, tell),
    }
  })
  const counted = { name: 'public addresses counted', needs: steps.map(({ name }) => name) }
  return [...steps, { ...counted, run: () => countRanges(work) }]
}

async function drop({ ports }: Work, range: AdoptedRange, tell: StepTalk['tell']): Promise<void> {
  const { networks } = ports.opennebula
  const find = async () => oldRange(await networks.get(range.network), range)
  if ((await find()) === undefined) return
  tell(`removing the former range of ${range.external}`)
  try {
    await networks.removeRange(range.network, range.id, false)
  } catch (error) {
    if ((await find()) !== undefined) throw error
  }
}

/** Ids of ranges are given again; with its private address it is still the same. */
function oldRange(network: Network, { id, ip }: AdoptedRange) {
  return network.ranges.find((range) => range.id === id && range.ip === ip)
}

function disarmName({ external }: AdoptedRange): string {
  return `range of ${external} let go`
}

function dropName({ external }: AdoptedRange): string {
  return `former range of ${external} removed`
}
