import { setTimeout as pause } from 'node:timers/promises'
import { type HostSpec, underlayName } from '../../lib/contract/index.ts'
import type { FrrStep } from '../plan/index.ts'
import { fault } from './faults.ts'
import { openVty } from './vty.ts'

export interface VtepAddressOptions {
  readonly runDirectory: string
  /** Makes the kernel tell its listeners of an address once more: `ip address replace`. */
  readonly announce: (device: string, address: string) => Promise<void>
}

const lookEveryMs = 100
const looks = 10

/**
 * Sees to it that zebra knows the VTEP's address; without it bgpd closes every session it opens
 * ("nexthop_set failed"). zebra 8.4 loses an address that arrives while it digests the renaming of its
 * device, and never asks the kernel again. Throws EDGE_FRR_BLIND when it does not learn it.
 */
export async function ensureVtepKnown(
  options: VtepAddressOptions,
  { underlay: { address } }: Pick<HostSpec, 'underlay'>,
): Promise<FrrStep[]> {
  // It reads the kernel's news in its own time, so not at the first look.
  if (await learns(options.runDirectory, address)) return []
  await options.announce(underlayName, address)
  if (await learns(options.runDirectory, address)) {
    return [{ kind: 'frr', sentence: `Tell zebra of ${address} on ${underlayName} again` }]
  }
  throw fault('EDGE_FRR_BLIND', `zebra does not see ${address} on ${underlayName}`)
}

async function learns(runDirectory: string, address: string): Promise<boolean> {
  const zebra = await openVty(runDirectory, 'zebra')
  try {
    for (let look = 0; look < looks; look++) {
      const { text } = await zebra.ask(`show interface ${underlayName}`)
      if (text.split('\n').some((line) => line.trim() === `inet ${address}`)) return true
      await pause(lookEveryMs)
    }
    return false
  } finally {
    zebra.close()
  }
}
