// A controller that dies in the middle of its work, and dies again, ends with what was asked for.
import { setTimeout as pause } from 'node:timers/promises'
import { readCluster } from '../../lab/demo/cluster.ts'
import { leftoverChecks, objectChecks } from '../../lab/demo/ends.ts'
import { claim } from '../../lab/demo/proof.ts'
import type { Lab } from '../../lab/whole/lab.ts'
import { createProvider, createProvision, waitForState } from '../../lab/whole/provisioning.ts'
import { tell } from './story.ts'

await tell(async ({ lab, say, check }) => {
  const provider = await createProvider(lab)
  const wish = { provider, hosts: 3, publicIps: 2 }
  const provision = await createProvision(lab, wish, { wait: false })

  // Once while the cloud works on the second server: one is ordered, one just being, one not yet.
  await until(() => lab.scaleway.state.servers.size >= 2)
  await dieAndComeBack(lab)
  say('killed while servers were ordered')
  await waitForState(lab, provision, ['CONFIGURING_ONE', 'CONFIGURING_PROVISION'])
  await dieAndComeBack(lab)
  say('killed while OpenNebula objects were created')
  await until(async () => (await equipped(lab)) > 0)
  await dieAndComeBack(lab)
  say('killed while agents were installed')
  await waitForState(lab, provision, ['RUNNING'])
  await check(objectChecks(lab, await readCluster(lab, provision)))
  await check([
    {
      name: 'every agent follows the newest controller',
      run: async () => {
        const alive = await equipped(lab)
        return claim(alive === 3, `${alive} of 3 agents run`)
      },
    },
  ])

  await lab.edgectl(['provision', 'undeploy', `${provision}`, '--no-wait'])
  await until(() =>
    [...lab.scaleway.state.servers.values()].some(({ status }) => status === 'deleting'),
  )
  await dieAndComeBack(lab)
  say('killed while servers were given back')
  await waitForState(lab, provision, ['DONE'])
  await lab.edgectl(['provision', 'delete', `${provision}`])
  await check(leftoverChecks(lab))
})

async function dieAndComeBack(lab: Lab): Promise<void> {
  await lab.controller.end('SIGKILL')
  await lab.controller.start()
}

/** On how many servers the agent's unit is active. */
async function equipped(lab: Lab): Promise<number> {
  const states = await Promise.all(
    [...lab.scaleway.state.servers.keys()].map(async (id) => {
      if (!lab.metal.server(id)?.pid) return ''
      const { stdout } = await lab.metal.execOn(id, [
        'systemctl',
        'is-active',
        'edge-agent.service',
      ])
      return stdout.trim()
    }),
  )
  return states.filter((state) => state === 'active').length
}

async function until(look: () => boolean | Promise<boolean>, withinMs = 180_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await look())) {
    if (performance.now() > end) throw new Error('What the story waits for did not come')
    await pause(50)
  }
}
