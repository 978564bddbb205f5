import type { Step } from '../engine.ts'
import type { Work } from '../work.ts'
import { leaveOpenNebula, moveReplicas } from './going-hosts.ts'

/** Releases hosts that could not come, so that nothing is paid for that nobody has. */
export function givenUpSteps(work: Work): Step[] {
  return (work.body.hosts_given_up ?? []).map((host) => ({
    name: `${host} given up`,
    host,
    run: async ({ tell }) => {
      await moveReplicas(work, [host])
      await leaveOpenNebula(work, host)
      await work.hardware.releaseKey(host, tell)
      await work.updateBody((draft) => {
        const left = (draft.hosts_given_up ?? []).filter((key) => key !== host)
        if (left.length > 0) draft.hosts_given_up = left
        else delete draft.hosts_given_up
      })
    },
  }))
}
