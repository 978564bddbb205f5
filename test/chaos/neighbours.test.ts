// Two OpenNebula clouds whose ids are alike, in one Scaleway project.
import t from 'tap'
import { carryOn } from './provision/carry-on.ts'
import { onlyProvision } from './provision/documents.ts'
import { operations } from './provision/operations.ts'
import { timeScale } from './provision/story.ts'
import { settled } from './world/acts.ts'
import { createProvider } from './world/client.ts'
import { createWorld, type World } from './world/world.ts'

const [create] = operations
const undeploy = operations.at(-1)
const restWithinMs = 10_000

t.test('two controllers with equal provision ids share a project and never meet', async (t) => {
  if (!create || !undeploy) throw new Error('There is nothing to do')
  const here = await createWorld({ timeScale })
  t.teardown(() => here.close())
  const there = await createWorld({ timeScale, beside: here })
  t.teardown(() => there.close())
  const both = [here, there]
  const strangers = await Promise.all(both.map(addStranger))
  await Promise.all(both.map((world) => world.controller.up().then(() => createProvider(world))))
  await Promise.all(both.map((world) => carryOn(world, create)))

  const ids = both.map((world) => onlyProvision(world)?.id)
  t.equal(ids[0], ids[1], 'the ids are equal')
  const [mine, other] = both.map(belongings)
  t.ok(mine && other && mine.length === other.length && mine.length > 10, `${mine?.length} each`)
  t.strictSame(
    mine?.filter((one) => other?.includes(one)),
    [],
    'nothing belongs to both',
  )

  // Whoever starts looks for what is his, and one that dies on the way looks again.
  const leaving = carryOn(there, undeploy)
  await here.controller.kill()
  await there.controller.kill()
  await leaving
  await here.begin()
  t.strictSame(await settled(() => belongings(there), restWithinMs), [], 'one is gone')
  t.strictSame(belongings(here), mine, 'the other has what it had')
  t.equal(onlyProvision(here)?.state, 'RUNNING')

  await carryOn(here, undeploy)
  t.strictSame(await settled(() => belongings(here), restWithinMs), [])
  // Each keeps within ten requests at once, and knows nothing of the other's.
  const broken = here.cloud
    .violations()
    .filter(({ severity, rule }) => severity === 'error' && rule !== 'in-flight')
  t.strictSame(broken, [])
  const now = await Promise.all(both.map(strangerNow))
  t.strictSame(now, strangers, 'documents of a stock OneForm are as they were')
})

/** Everything at Scaleway that one cloud's provision has, by kind and id. */
function belongings({ cloud, one }: World): string[] {
  const uuid = onlyProvision({ one })?.body.uuid ?? 'none'
  const { sshKeys, vpcs, privateNetworks, gateways, gatewayIps, servers, flexibleIps } = cloud.state
  const tagged = { vpcs, privateNetworks, gateways, gatewayIps, servers, flexibleIps }
  const own = Object.entries(tagged).flatMap(([kind, all]) =>
    [...all.values()]
      .filter(({ tags }) => tags.includes(`provision=${uuid}`))
      .map(({ id }) => `${kind} ${id}`),
  )
  const keys = [...sshKeys.values()].filter(({ name }) => name.includes(uuid))
  const nics = [...cloud.state.attachments.values()].filter(({ server_id }) =>
    own.includes(`servers ${server_id}`),
  )
  return [
    ...own,
    ...keys.map(({ id }) => `sshKeys ${id}`),
    ...nics.map(({ id, status }) => `attachments ${id} ${status}`),
  ].toSorted()
}

/** A provision of OneForm's own, in a state in which one of ours would be resumed. */
async function addStranger({ one }: World): Promise<string> {
  const body = { name: 'stock', state: 3, provider_id: 0, one_objects: {}, historic: [] }
  const element = `<PROVISION_BODY><![CDATA[${JSON.stringify(body)}]]></PROVISION_BODY>`
  const template = `<TEMPLATE><NAME>stock</NAME>${element}</TEMPLATE>`
  await one.call('one.document.allocate', [template, 104])
  return await strangerNow({ one })
}

async function strangerNow({ one }: Pick<World, 'one'>): Promise<string> {
  const stock = one.state.documents.newestFirst().find(({ name }) => name === 'stock')
  return String(await one.call('one.document.info', [stock?.id ?? -1, true]))
}
