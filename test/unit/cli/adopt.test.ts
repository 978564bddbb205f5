import t from 'tap'
import { planAdoption } from '../../../controller/adopt/plan.ts'
import { opennebula, stockDocument, whole } from '../adopt/samples.ts'
import { shell } from './support.ts'
import { noTerminal, type } from './typing.ts'

t.setTimeout(180_000)

t.test(
  'provision adopt tells what would change, and ends with 3 when something is in the way',
  async (t) => {
    const it = await shell(t)
    const { body } = stockDocument()
    const id = await it.one.documents.create(104, 'edge-a', 'PROVISION_BODY', body)
    it.adoptions.set(id, planAdoption(whole(), 'c'))
    const free = await it.edgectl(`provision adopt ${id}`)
    t.match(free, { code: 0, stderr: '' })
    t.notOk(
      it.asked.some((one) => one.startsWith('take')),
      'nobody said yes',
    )
    for (const line of [
      /^PROVISION 5 \(edge-a\), TO BE PAID BY provider 8 \(scw\)\n\nFOUND\n/,
      /\n {2}Scaleway +server provision_5_host_0, EM-A116X-SSD, 51.15.1.10, ready\n/,
      /\nWOULD CHANGE\n {2}WHERE +OBJECT +WHAT\n {2}document +provision 5 +gets the engine edgectl/,
      /\nIt would cost 0.0400 EUR per hour more, 29.20 per month \(Scaleway’s offer\)\n/,
      /\nCANNOT BE TAKEN OVER\n {2}- /,
      /\nNothing was changed; --yes takes it over\.\n$/,
    ])
      t.match(free.stdout, line)
    t.notMatch(free.stdout, /IN THE WAY/)

    const busy = { opennebula: { ...opennebula, machines: [7] }, provider: undefined }
    it.adoptions.set(id, planAdoption(whole({ ...busy, cloud: undefined }), 'c'))
    const stuck = await it.edgectl(`provision adopt ${id} --provider-id 9`)
    t.match(stuck, {
      code: 3,
      stdout: /\nIN THE WAY\n {2}- No provider.*\n {2}- Virtual machines 7/,
    })
    t.match(it.asked.at(-1), /, 9$/)
    const json = await it.edgectl(`provision adopt ${id} --json`)
    t.equal(json.code, 3)
    t.match(JSON.parse(json.stdout), { dry_run: true, provider: null })
    t.match(await it.edgectl(`provision adopt ${id} --yes`), {
      code: 3,
      stdout: /\nNothing was changed\.\n$/,
    })
    t.notOk(
      it.asked.some((one) => one.startsWith('take')),
      'what is in the way is not passed over',
    )
    it.adoptions.set(id, planAdoption(whole(), 'c'))
    const begun = await it.edgectl(`provision adopt ${id} --yes --no-wait --json`)
    t.equal(begun.code, 0, begun.stderr)
    t.match(JSON.parse(begun.stdout), { dry_run: false })
    t.equal(it.asked.at(-1), `take ${id} over as ${planAdoption(whole(), 'c').digest}`)
    t.match(await it.edgectl('provision adopt 4711'), { code: 2, stderr: /4711/ })
  },
)

t.test('on a terminal a yes alone takes it over', { skip: noTerminal }, async (t) => {
  const it = await shell(t)
  const { body } = stockDocument()
  const id = await it.one.documents.create(104, 'edge-a', 'PROVISION_BODY', body)
  it.adoptions.set(id, planAdoption(whole(), 'c'))
  const adopt = (answer: string) =>
    type(it, `provision adopt ${id} --no-wait`, [['Take provision 5 over?', answer]])
  const taken = () => it.asked.filter((one) => one.startsWith('take')).length
  const declined = await adopt('')
  t.match(declined, { code: 1, screen: /WOULD CHANGE(.|\n)*Nothing was changed\n$/ })
  t.equal(taken(), 0)
  t.match(await adopt('y'), { code: 0, screen: /29\.20 per month/ })
  t.equal(taken(), 1)
})

t.test('provision fleet has a line for each host and says what is not well', async (t) => {
  const it = await shell(t)
  const made = await it.edgectl('provider create scaleway -', {
    stdin: JSON.stringify({
      connection_values: {
        ...{ access_key: 'SCWXXXXXXXXXXXXXXXXX', project_id: 'p' },
        secret_key: '11111111-1111-4111-8111-111111111111',
      },
    }),
  })
  const payer = made.stdout.replace('ID: ', '').trim()
  const args = `provision create scaleway --provider-id ${payer} --no-wait --input oneform_hosts=1`
  const id = Number((await it.edgectl(args)).stdout.slice(4))
  t.match(await it.edgectl(`provision fleet ${id}`), { code: 0, stdout: 'No host is known yet\n' })
  const versions = { agent: '1.2', frr: '10', kernel: '6', nft: '1', iproute2: '6' }
  it.fleets.set(id, {
    hosts: [
      {
        ...{ hostId: 12, key: 'host-0', server: 's', address: '51.15.0.11', connected: true },
        ...{ lastSeen: Date.UTC(2026, 10, 22, 8, 19, 47), verdict: 'degraded', versions },
        ...{ reasons: ['BGP to 10.180.0.3 is down'], settled: true, faults: [] },
      },
      {
        ...{ hostId: 13, key: 'host-1', server: 't', address: '51.15.0.12', connected: false },
        ...{ lastSeen: null, verdict: null, versions: null, reasons: [], settled: false },
        faults: [],
      },
    ],
    refusals: ['Network 3 has the gateway 0.0.0.1, which is reserved'],
  })
  const { stdout, code } = await it.edgectl(`provision fleet ${id}`)
  t.equal(code, 0)
  t.strictSame(stdout.split('\n'), [
    '  ID KEY    ADDRESS    AGENT     VERDICT  UP TO DATE LAST SEEN      VERSION',
    '  12 host-0 51.15.0.11 connected degraded yes        11/22 08:19:47 1.2',
    '  13 host-1 51.15.0.12 absent    -        no         never          -',
    'host-0: BGP to 10.180.0.3 is down',
    'Refused: Network 3 has the gateway 0.0.0.1, which is reserved',
    '',
  ])
})
