import t from 'tap'
import { hardwareFaults } from '../../../controller/scaleway/index.ts'
import type { Catalogue } from '../../../lib/fault/index.ts'
import { scalewayFaults } from '../../../lib/scaleway/index.ts'

t.test('whatever the cloud refuses, the failure says what a person can do', async (t) => {
  const all: Catalogue = { ...scalewayFaults, ...hardwareFaults }
  // Told with the fault itself: what the zone sells.
  const toldElsewhere = ['EDGE_OFFER_UNKNOWN']
  const silent = Object.keys(all).filter(
    (code) => all[code]?.hint === undefined && !toldElsewhere.includes(code),
  )
  t.strictSame(silent, [])
})
