import { sentenceOf } from '../../../lib/fault/index.ts'
import type { AdoptedRange, Adopting } from '../../documents/index.ts'
import type { Step, StepTalk } from '../engine.ts'
import type { Work } from '../work.ts'
import { isArmed, isOld, usedFault } from './former-range.ts'
import { countRanges } from './public-addresses.ts'

/**
 * Ranges of the stock IPAM driver are made anew: its private addresses are hashes and not of our pool. First
 * the old one forgets whose public address it has, so that no driver, ours or the stock one, releases it
 * with the range, and the new one may have it.
 */
export function disarmSteps(work: Work, { ranges }: Adopting): Step[] {
  return ranges.map((range) => ({
    name: `range of ${range.external} let go`,
    run: async () => {
      const old = await find(work, range)
      if (old === undefined || !isArmed(old)) return
      if (old.usedLeases > 0) throw usedFault(range, old)
      const { networks } = work.ports.opennebula
      await networks.updateRange(range.network, range.id, { SIZE: 1, PROVISION_ID: work.id })
    },
  }))
}

/**
 * After the new ones are there the old ones go. One that somebody has taken meanwhile is told and left for
 * `goneSteps`: it must not keep hosts closed whose networks run.
 */
export function dropSteps(work: Work, { ranges }: Adopting): Step[] {
  return inTurn(ranges, (range) => ({
    name: `former range of ${range.external} removed`,
    run: async ({ tell }) => {
      const left = await drop(work, range, tell)
      if (left !== undefined) work.log('warn', sentenceOf(left))
    },
  }))
}

/** At the very end they must be gone. Throws EDGE_STOCK_GUESTS, which names who uses one. */
export function goneSteps(work: Work, { ranges }: Adopting): Step[] {
  if (ranges.length === 0) return []
  const steps = inTurn(ranges, (range) => ({
    name: `former range of ${range.external} gone`,
    run: async ({ tell }) => {
      const left = await drop(work, range, tell)
      if (left !== undefined) throw left
    },
  }))
  const counted = { name: 'public addresses counted', needs: steps.map(({ name }) => name) }
  return [...steps, { ...counted, run: () => countRanges(work) }]
}

/** oned runs one IPAM driver at a time. */
function inTurn(ranges: readonly AdoptedRange[], stepOf: (range: AdoptedRange) => Step): Step[] {
  const steps = ranges.map(stepOf)
  return steps.map((step, index) => {
    const before = steps[index - 1]
    return before === undefined ? step : { ...step, needs: [before.name] }
  })
}

/** Answers who uses a range that is not gone for that. */
async function drop(
  work: Work,
  range: AdoptedRange,
  tell: StepTalk['tell'],
): Promise<Error | undefined> {
  if ((await find(work, range)) === undefined) return undefined
  tell(`removing the former range of ${range.external}`)
  try {
    await work.ports.opennebula.networks.removeRange(range.network, range.id, false)
  } catch (error) {
    const left = await find(work, range)
    if (left === undefined) return undefined
    if (left.usedLeases > 0) return usedFault(range, left)
    throw error
  }
  return undefined
}

async function find({ ports }: Work, range: AdoptedRange) {
  const { ranges } = await ports.opennebula.networks.get(range.network)
  return ranges.find((one) => isOld(one, range))
}
