import t from 'tap'
import { createClouds } from '../../../controller/assembly/clouds.ts'
import { createDocuments, states } from '../../../controller/documents/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { memoryOpenNebula } from '../documents/memory-opennebula.ts'
import { providerBody, provisionBody } from '../documents/samples.ts'

async function setUp() {
  const one = memoryOpenNebula()
  const documents = createDocuments(one, { master: Buffer.alloc(32, 1) })
  const tools = { clock: createClock(), logger: silent }
  const clouds = createClouds({ apiUrl: 'http://127.0.0.1:9', cloud: 'c', documents, ...tools })
  const provider = async () => (await documents.providers.create(providerBody())).id
  const provision = async (provider: number, state: number = states.RUNNING) =>
    (await documents.provisions.create({ ...provisionBody(provider), state })).id
  return { one, documents, clouds, provider, provision }
}

t.test('a provision whose provider is gone is named and stops no other', async (t) => {
  const { one, clouds, provider, provision } = await setUp()
  const [good, bad] = [await provider(), await provider()]
  const kept = await provision(good)
  const leaving = await provision(good, states.DEPROVISIONING_ONE_FAILURE)
  const lost = await provision(bad)
  await provision(bad, states.DONE)
  await one.documents.delete(bad)
  const { clouds: all, unknown } = await clouds.ofAllProvisions()
  t.match(all, [
    { identity: { provisionId: kept }, ending: false },
    { identity: { provisionId: leaving }, ending: true },
  ])
  t.equal(all.length, 2)
  t.strictSame(unknown, [lost], 'one that is done has been proved empty')
  await t.rejects(clouds.ofProvision(lost), { code: 'EDGE_DOCUMENT_MISSING' })
})

t.test('an OpenNebula that does not answer is no missing provider', async (t) => {
  const { documents, provider, provision } = await setUp()
  await provision(await provider())
  const away = async () => {
    throw new Fault('ONE_UNREACHABLE', 'transient', 'no answer')
  }
  const deaf = { ...documents, providers: { ...documents.providers, get: away } }
  const tools = { clock: createClock(), logger: silent }
  const clouds = createClouds({ apiUrl: 'x', cloud: 'c', documents: deaf, ...tools })
  await t.rejects(clouds.ofAllProvisions(), { code: 'ONE_UNREACHABLE' })
})
