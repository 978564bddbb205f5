import t from 'tap'
import type { Host } from '../agent/cluster.ts'
import { createSite, newToken, type Party } from './site.ts'
import { elasticOf } from './vms.ts'

const { external } = elasticOf('db')
const outside = '203.0.113.10'
const site = await createSite(['api', 'db'])
const [h1] = site.hosts as readonly [Host, Host]
t.teardown(() => site.close())

const opened = (from: Party, flow: string, to: string) => site.ask(from, { kind: 'open', flow, to })
/** Says a text nobody else says; also looks whether the other end heard it although no answer came. */
async function said(from: Party, flow: string, patienceMs: number): Promise<string> {
  const text = newToken()
  const heard = await site.ask(from, { kind: 'say', flow, text, patienceMs })
  return heard !== 'echoed' && (await site.arrival(text)) !== null ? 'heard' : heard
}
async function want(elastics: Host['spec']['elastics']): Promise<void> {
  h1.spec = { ...h1.spec, generation: h1.spec.generation + 1, elastics }
  await site.settle()
}

t.test('established flows die with their elastic address, in both directions', async (t) => {
  await site.secure('wide open')
  t.equal(await opened('internet', 'inward', external), 'open')
  t.equal(await opened('db', 'outward', outside), 'open')
  t.equal(await said('internet', 'inward', 15_000), 'echoed')
  t.equal(await said('db', 'outward', 15_000), 'echoed')
  await want(h1.spec.elastics.filter((elastic) => elastic.external !== external))
  t.equal(await said('internet', 'inward', 1500), 'silent')
  t.equal(await said('db', 'outward', 1500), 'silent')
  t.notMatch(
    await h1.sh('ip netns exec fx4 conntrack -L 2>/dev/null'),
    external,
    'no connection of the address is remembered',
  )
})

t.test('an elastic address that changes hands takes no flow with it', async (t) => {
  await want([elasticOf('api'), elasticOf('db')])
  t.equal(await opened('internet', 'before', external), 'open')
  t.equal(await said('internet', 'before', 15_000), 'echoed')
  t.equal(await datagram(), 'db')
  await want([{ ...elasticOf('api'), external }])
  t.match(
    await said('internet', 'before', 1500),
    /^(silent|closed)$/,
    'the old flow reaches nobody',
  )
  t.equal(await datagram(), 'api', 'a datagram of the same client port reaches the new VM')
  t.equal(await opened('internet', 'after', external), 'open')
  t.equal(await said('internet', 'after', 15_000), 'echoed')
})

/** Which VM a datagram to the address comes in at, always from the same port of the client. */
async function datagram(): Promise<string> {
  const token = newToken()
  await site.ask('internet', {
    ...{ kind: 'udp', to: external, port: 53, sourcePort: 5000, patienceMs: 15_000 },
    payload: Buffer.from(token).toString('base64'),
  })
  for (const name of ['api', 'db'] as const)
    if ((await site.ask(name, { kind: 'arrived', token })) !== '') return name
  return 'nobody'
}
