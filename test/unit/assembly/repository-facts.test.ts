import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { packageWarnings, repositoryFacts } from '../../../controller/assembly/repository-facts.ts'
import { defaults } from '../../../controller/config/index.ts'

/** It has OpenNebula 7.0 for Ubuntu 22.04 only. */
const asked: string[] = []
const server = createServer(({ url = '' }, response) => {
  asked.push(url)
  response.writeHead(url.startsWith('/repo/7.0/Ubuntu/22.04/') ? 200 : 404).end()
})
t.before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
t.teardown(() => server.close())
t.beforeEach(() => {
  asked.length = 0
})

const one = (version: string) => ({ version: async () => version })
const config = (change: object = {}) => {
  const { port } = server.address() as AddressInfo
  const repository = `http://127.0.0.1:${port}/repo`
  return { profile: { ...defaults('').profile, repository, ...change } }
}
const kvm = { hypervisor: 'kvm', osName: 'ubuntu_2204' } as const

t.test('a plan warns of packages that hosts could not get', async (t) => {
  const warnings = (version: string, wanted: Parameters<typeof packageWarnings>[2] = kvm) =>
    packageWarnings(config(), one(version), wanted, 5_000)
  t.strictSame(await warnings('7.0.1'), [])
  t.match(await warnings('7.5.80'), [/no OpenNebula 7\.5 for Ubuntu 22\.04.*no host could become/])
  t.match(await warnings('7.0.1', { ...kvm, osName: 'ubuntu_2404' }), [/for Ubuntu 24\.04/])
})

t.test('it says so where nobody can tell, and nothing where nothing is asked for', async (t) => {
  const away = config({ repository: 'http://127.0.0.1:1/repo' })
  t.match(await packageWarnings(away, one('7.0.1'), kvm, 5_000), [
    /127\.0\.0\.1:1\/repo cannot be asked from here \(.+\); hosts ask it themselves/,
  ])
  for (const change of [{ kvmPackages: [] }, { repository: null }])
    t.strictSame(await packageWarnings(config(change), one('9.9'), kvm, 5_000), [])
  t.strictSame(asked, [])
})

t.test('the doctor asks for every system that hosts can get', async (t) => {
  const facts = await repositoryFacts(config(), one('7.0.1'), 5_000)
  t.match(facts, {
    series: '7.0',
    answers: [
      { system: 'Ubuntu 22.04', said: 200 },
      { system: 'Ubuntu 24.04', said: 404 },
    ],
  })
})
