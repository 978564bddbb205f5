import t from 'tap'
import { adopt, adoptable, stockId } from '../../chaos/provision/adopt.ts'
import { carryOn } from '../../chaos/provision/carry-on.ts'
import { lastFailure, onlyProvision } from '../../chaos/provision/documents.ts'
import { wrongWhenDone } from '../../chaos/provision/judge.ts'
import { reached } from '../../chaos/provision/operations.ts'
import { inWorld } from '../../chaos/provision/story.ts'
import { settled } from '../../chaos/world/acts.ts'
import { ask } from '../../chaos/world/client.ts'
import { until, type World } from '../../chaos/world/world.ts'
import { runEdgectl } from '../whole/edgectl.ts'

t.setTimeout(600_000)
/** Eight seconds where nobody else works on the machine. */
const withinMs = 150_000
const restWithinMs = 10_000
const begin = await adoptable()

t.test('a stock provision is taken over as it stands, and undeploying it leaves nothing', (t) =>
  inWorld(begin, async (world) => {
    await world.controller.up()
    const id = stockId(world)
    const env = {
      ...{ PATH: process.env['PATH'], HOME: world.dir, ONEFORM_URL: world.controller.url },
      ONE_AUTH: `${world.dir}/one_auth`,
    }
    const looked = await runEdgectl(['provision', 'adopt', `${id}`], env)
    t.match(looked, { code: 0, stdout: /Nothing was changed; --yes takes it over/ })
    t.equal(onlyProvision(world), undefined)
    const { code, stderr } = await runEdgectl(['provision', 'adopt', `${id}`, '--yes'], env)
    t.equal(code, 0, stderr)
    for (const step of [/vpc tagged/, /host-1 +lets edgectl in/, /former range of [\d.]+ removed/])
      t.match(stderr, step, 'it is told what is being done')
    t.strictSame(await settled(() => adopt.wrong(world), restWithinMs), [])
    const again = ask(world, 'POST', `/provisions/${id}/adopt`, { dry_run: false })
    await t.rejects(again, { message: /edgectl’s already/ }, 'asked twice it is refused')
    await ask(world, 'POST', `/provisions/${id}/undeploy`, {})
    await until(() => reached(world, 'DONE'), 'it to be gone', withinMs)
    t.strictSame(await settled(() => wrongWhenDone(world), restWithinMs), [])
    t.equal(world.cloud.state.sshKeys.size, 0, 'the stock driver’s key neither')
  }),
)

/** Takes it over until it fails; answers with what. */
async function failing(world: World): Promise<string> {
  await world.controller.up()
  await adopt.begin(world)
  const failed = () => onlyProvision(world)?.state.endsWith('_FAILURE') ?? false
  await until(failed, 'it to fail', withinMs)
  const provision = onlyProvision(world)
  return `${provision?.state}: ${provision && lastFailure(provision)}`
}

function failures(world: World): number {
  const { historic = [] } = onlyProvision(world)?.body ?? {}
  return historic.filter(({ action }) => action === 'Failure').length
}

t.test('what belongs to another provision stops it, and all goes back that is ours to give', (t) =>
  inWorld(begin, async (world) => {
    const id = stockId(world)
    // Tagged between the look and the work, which the look cannot see.
    const server = [...world.cloud.state.servers.values()].at(-1)
    const others = ['managed-by=edgectl', 'cloud=theirs', 'provision=theirs']
    world.watch(
      {
        before(call) {
          if (server && /provision to APPLYING$/.test(call.name)) server.tags = others
          return 'pass'
        },
        after: () => 'pass',
      },
      ['oned'],
    )
    const said = await failing(world)
    t.match(said, /^APPLYING_FAILURE: EDGE_CLAIM_TAKEN: .*another provision.*cloud=theirs/)
    t.strictSame(server?.tags, others)
    await ask(world, 'POST', `/provisions/${id}/retry`, {})
    await until(() => failures(world) === 2, 'it to fail again', withinMs)

    await ask(world, 'POST', `/provisions/${id}/undeploy`, { force: true })
    await until(() => reached(world, 'DONE'), 'it to be gone', withinMs)
    t.strictSame(server?.tags, others, 'what is another’s stays as it is')
    const names = [server?.id, server?.name, server?.ips[0]?.address].map(String)
    const wrong = () =>
      wrongWhenDone(world).filter((text) => !names.some((name) => text.includes(name)))
    t.strictSame(await settled(wrong, restWithinMs), [])
    t.ok(world.cloud.state.servers.has(server?.id ?? ''))
  }),
)

t.test(
  'a machine that was started meanwhile is not harmed, and once it has ended it goes on',
  (t) =>
    inWorld(begin, async (world) => {
      const id = stockId(world)
      const [host] = world.one.state.hosts.newestFirst()
      let vm: Promise<number> | undefined
      world.watch(
        {
          before(call) {
            if (/provision to PLANNING$/.test(call.name))
              vm ??= world.one.instantiate({ name: 'vm', hostId: host?.id ?? -1, nics: [] })
            return 'pass'
          },
          after: () => 'pass',
        },
        ['oned'],
      )
      const said = await failing(world)
      const guest = (await vm) ?? -1
      t.match(
        said,
        new RegExp(`^PLANNING_FAILURE: EDGE_STOCK_GUESTS: .*virtual machines ${guest} `),
      )
      t.equal(world.hosts.whereIs(guest), host?.name, 'it runs on')
      const tagged = [...world.cloud.state.servers.values()].flatMap(({ tags }) => tags)
      t.notOk(tagged.includes('managed-by=edgectl'), 'nothing was tagged yet')
      await world.one.terminate(guest)
      await world.one.quiet()
      await ask(world, 'POST', `/provisions/${id}/retry`, {})
      await until(() => reached(world, 'RUNNING'), 'it to run', withinMs)
      t.strictSame(await settled(() => adopt.wrong(world), restWithinMs), [])
    }),
)

t.test('who agreed to another plan, or looks while something is in the way, changes nothing', (t) =>
  inWorld(begin, async (world) => {
    await world.controller.up()
    const path = `/provisions/${stockId(world)}/adopt`
    await t.rejects(ask(world, 'POST', path, { dry_run: false, plan: '0'.repeat(32) }), {
      message: /has changed since it was shown/,
    })
    const [server] = world.cloud.state.servers.values()
    if (!server) throw new Error('The stock server has made no server')
    const { tags } = server
    server.tags = [...tags, 'managed-by=edgectl']
    await t.rejects(ask(world, 'POST', path, { dry_run: false }), {
      message: /cannot be taken over yet: .*has the tags of an edgectl already/,
    })
    server.tags = tags
    t.equal(onlyProvision(world), undefined)
    const plan = (await ask(world, 'POST', path, { dry_run: true })) as { plan: string }
    await ask(world, 'POST', path, { dry_run: false, plan: plan.plan })
    await until(() => reached(world, 'RUNNING'), 'it to run', withinMs)
  }),
)

t.test('a stock server that writes its document back only has it taken over once more', (t) =>
  inWorld(begin, async (world) => {
    const document = world.one.state.documents.get(stockId(world))
    const stock = document.template.text('PROVISION_BODY') ?? ''
    const uuids = new Set<string | undefined>()
    let written = false
    world.watch(
      {
        before: () => 'pass',
        after(call) {
          if (written || !/provision to CONFIGURING_PROVISION$/.test(call.name)) return 'pass'
          written = true
          uuids.add(onlyProvision(world)?.body.uuid)
          document.template.set('PROVISION_BODY', stock)
          return 'pass'
        },
      },
      ['oned'],
    )
    await carryOn(world, adopt, { withinMs })
    t.ok(written)
    uuids.add(onlyProvision(world)?.body.uuid)
    t.equal(uuids.size, 1, 'its tags are the same again, and nothing was ordered twice')
    t.strictSame(await settled(() => adopt.wrong(world), restWithinMs), [])
  }),
)
