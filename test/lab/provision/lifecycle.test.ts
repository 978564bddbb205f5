import t from 'tap'
import { stateName } from '../../../controller/documents/index.ts'
import { createKit, type Kit, provisionId } from '../../unit/provision/kit.ts'
import { createReaper, type Reaper } from '../../unit/provision/reaper.ts'
import { createSite, publicKey, type Site, timing } from './site.ts'

const hosts = 2
/** Points of death spread over a run; both halves of each request are hit over the table. */
const deaths = 8

function kitOf(site: Site): Kit {
  const values = { oneform_hosts: hosts, instance_public_ips: 0 }
  return createKit(
    values,
    (signal, reaper) => site.hardwareThrough(reaper?.gate, signal),
    timing,
    publicKey,
  )
}

async function provide(kit: Kit, reaper?: Reaper): Promise<void> {
  const controller = kit.controller(reaper)
  await controller.create(provisionId)
  await Promise.race([controller.idle(provisionId), ...(reaper ? [reaper.dead] : [])])
}

async function demolish(kit: Kit, reaper?: Reaper): Promise<void> {
  const controller = kit.controller(reaper)
  const work = async () => {
    await controller.undeploy(provisionId, { force: false })
    await controller.idle(provisionId)
  }
  await Promise.race([work(), ...(reaper ? [reaper.dead] : [])])
}

async function recover(kit: Kit): Promise<void> {
  const next = kit.controller()
  await next.resume()
  await next.idle(provisionId)
}

const stateOf = (kit: Kit) => stateName(kit.provision.state)

t.test(
  'a provision runs and goes against the simulated cloud, killed anywhere on the way',
  async (t) => {
    const site = await createSite(t)
    const clean = kitOf(site)
    const counted = createReaper(0, 'before')
    await provide(clean, counted)
    t.equal(stateOf(clean), 'RUNNING')
    t.equal((await site.hardware.inventory()).length, 5 + hosts)
    const leaving = createReaper(0, 'before')
    await demolish(clean, leaving)
    t.equal(stateOf(clean), 'DONE')
    t.same(await site.violations(true), [])

    for (let point = 0; point < deaths; point++) {
      const when = point % 2 === 0 ? 'before' : 'after'
      const at = Math.ceil(((point + 0.5) * counted.count) / deaths)
      const kit = kitOf(site)
      await provide(kit, createReaper(at, when))
      await recover(kit)
      t.equal(stateOf(kit), 'RUNNING', `killed ${when} ${at} of ${counted.count} while creating`)
      t.equal((await site.hardware.inventory()).length, 5 + hosts)
      t.same(
        kit.one.all.hosts.size + kit.one.all.networks.size + kit.one.all.clusters.size,
        hosts + 3,
      )

      const left = Math.ceil(((point + 0.5) * leaving.count) / deaths)
      await demolish(kit, createReaper(left, when))
      await recover(kit)
      if (stateOf(kit) === 'RUNNING') await demolish(kit)
      t.equal(stateOf(kit), 'DONE', `killed ${when} ${left} of ${leaving.count} while leaving`)
      t.same(await site.violations(true), [])
    }
  },
)

t.test('the events name each host’s waiting with what it waits for', async (t) => {
  const site = await createSite(t)
  const kit = kitOf(site)
  await provide(kit)
  const waits = kit.events.flatMap((event) =>
    event.kind === 'step' && event.status === 'waiting' && event.host === 'host-1'
      ? [event.detail]
      : [],
  )
  t.ok(waits.includes('host-1: installing'), waits.join(' | '))
  const done = kit.events.filter((event) => event.kind === 'step' && event.status === 'done')
  t.ok(done.every((event) => event.kind === 'step' && typeof event.elapsedMs === 'number'))
})
