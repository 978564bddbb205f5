// One provision's life on full hosts, its controller killed again and again.
import { setTimeout as pause } from 'node:timers/promises'
import { tell } from '../../e2e/scenarios/story.ts'
import { readCluster } from '../../lab/demo/cluster.ts'
import { leftoverChecks } from '../../lab/demo/ends.ts'
import { claim } from '../../lab/demo/proof.ts'
import { labDirectory } from '../../lab/sandbox/inside.ts'
import { createProvider } from '../../lab/whole/provisioning.ts'
import { onlyProvision } from '../provision/documents.ts'
import { supervised } from '../world/supervised.ts'
import { carryOut } from './carry-out.ts'
import { createDoors } from './doors.ts'
import { type LongPing, startPing } from './long-ping.ts'
import { type Machine, reachable, startMachine } from './machines.ts'
import { wrongAfter } from './orders.ts'
import { fullPoints, pointTitle } from './points.ts'
import { hostOf, type Step, steps } from './steps.ts'
import { createTrap } from './trap.ts'

const timeScale = 0.05
/** In which everything comes to rest once an operation has ended. */
const restMs = 20_000
const [yes, no] = [() => true, () => false]

const doors = await createDoors(labDirectory())

await tell(
  async ({ lab, say, check }) => {
    const begun = performance.now()
    const controller = supervised(lab.controller, timeScale)
    const provider = await createProvider(lab)
    const trap = createTrap(fullPoints, (starting) => controller.kill(async () => starting()))
    doors.open(lab, trap)
    const machines: Machine[] = []

    const start = async (name: string, host: string, networks: readonly number[]) => {
      const machine = await startMachine(lab, name, hostOf(lab, host)?.id ?? -1, networks)
      machines.push(machine)
      return machine
    }
    const reach = (when: string) =>
      check([
        {
          name: `${when} machines reach each other, and the internet reaches them`,
          run: async () => {
            await within(restMs, () => reachable(lab, machines).then(yes, no))
            return await reachable(lab, machines)
          },
        },
      ])
    const live = async (step: Step) => {
      const [from, deaths] = [performance.now(), controller.deaths()]
      trap.arm(step.name)
      const { asked, seen } = await carryOut(lab, controller, step, provider)
      await within(restMs, async () => trap.missing().length === 0)
      await carryOut(lab, controller, step, provider)
      await within(restMs, async () => wrongAfter(lab, step).length === 0)
      const seconds = Math.round((performance.now() - from) / 1000)
      say(`${step.name}: ${controller.deaths() - deaths} deaths, ${seconds} s`)
      const points = fullPoints.filter(({ during }) => during === step.name)
      await check([
        ...points.map((point) => ({
          name: pointTitle(point),
          run: async () => {
            const came = !trap.missing().includes(point)
            return claim(came, came ? 'it came to that' : 'it never came to that')
          },
        })),
        {
          name: `${step.name} ended as asked, and nothing was ordered twice`,
          run: async () => {
            const wrong = wrongAfter(lab, step)
            const how = `asked ${asked} times, edgectl saw the end ${seen} times`
            return claim(wrong.length === 0, wrong.join('; ') || how)
          },
        },
      ])
      if (machines.length > 0) await reach(`after ${step.name}`)
    }

    await live(steps.create)
    const id = onlyProvision({ one: lab.openNebula })?.id ?? -1
    const { privateNetwork, publicNetwork } = await readCluster(lab, id)
    const web = await start('web', 'host-0', [publicNetwork, privateNetwork])
    const db = await start('db', 'host-1', [privateNetwork])
    await reach('on the first hosts')
    const inside = (machine: Machine) => (argv: readonly string[]) =>
      lab.hypervisor.execInVm(machine.vm, argv)
    const pings = [
      await startPing('from a VM to one on another host', web.ip, lab.dir, inside(db)),
      await startPing('from the internet to a VM', `${web.elastic}`, lab.dir, lab.outside.exec),
    ]
    await live(steps.addHost)
    const late = await start('late', 'host-2', [privateNetwork])
    await reach('on the new host too')
    const beside = await startPing('beside a host that goes', db.ip, lab.dir, inside(late))
    await live(steps.addIp)
    await live(steps.delIp)
    await check(pings.map(lossless))
    await live(steps.delHost)
    await check([lossless(beside)])
    for (const { vm } of machines.splice(0)) {
      await lab.openNebula.terminate(vm, true)
      await lab.openNebula.waitVm(vm, 'DONE')
    }
    await live(steps.undeploy)
    await doors.close()
    await controller.up()
    await lab.edgectl(['provision', 'delete', `${id}`])
    await lab.edgectl(['provider', 'delete', `${provider}`])
    await check(leftoverChecks(lab))
    await controller.end()
    const seconds = Math.round((performance.now() - begun) / 1000)
    const tried = `${controller.deaths()} of ${fullPoints.length} points in ${seconds} s`
    await check([
      {
        name: 'no point was skipped',
        run: async () => claim(controller.deaths() === fullPoints.length, tried),
      },
    ])
  },
  { timeScale, ...doors.options },
)

function lossless(ping: LongPing) {
  return {
    name: `the ping ${ping.name} loses nothing while controllers die`,
    run: async () => {
      const { sent, received } = await ping.stop()
      return claim(sent > 50 && received === sent, `${received} of ${sent}`)
    },
  }
}

async function within(ms: number, look: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + ms
  while (!(await look()) && performance.now() < until) await pause(100)
}
