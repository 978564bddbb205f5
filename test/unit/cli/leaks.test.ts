import { PassThrough } from 'node:stream'
import t from 'tap'
import { confirmed } from '../../../controller/cli/confirm.ts'
import type { Leak } from '../../../controller/leaks/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { shell } from './support.ts'

t.setTimeout(180_000)

const price = {
  ...{ perHour: 0.107, perMonth: 78.11, once: 0, currency: 'EUR', source: 'Scaleway’s offer' },
}
const server: Leak = {
  ...{ id: 'server/a1', code: 'host-removed', kind: 'server', name: 'host_2', providers: [1] },
  ...{
    provision: 'u',
    provisionId: 7,
    place: 'project p in fr-par-2',
    price,
    certain: false,
    guests: [],
  },
  ...{ evidence: ['Provision 7 has no host-2: host-0', 'No host of OpenNebula has this server'] },
  sinceMs: Date.UTC(2026, 10, 22, 8, 19, 47),
}
const address: Leak = { ...server, id: 'flexible-ip/b2', kind: 'flexible-ip', price: undefined }

t.test('leaks list and release', async (t) => {
  const it = await shell(t)
  t.test('list is calm and exits 0 where there is none', async (t) => {
    t.match(await it.edgectl('leaks list'), { code: 0, stdout: /\nNo leaks\n$/, stderr: '' })
    t.match(await it.edgectl('leaks release --all --yes'), {
      code: 0,
      stdout: 'There is nothing to release\n',
    })
    it.leaks.report = {
      ...it.leaks.report,
      unlooked: [{ place: '', what: 'project q in fr-par-1', why: 'no key', providers: [] }],
    }
    t.match(await it.edgectl('leaks list'), {
      code: 1,
      stdout: /No leaks\nnot looked at: project q in fr-par-1: no key\n$/,
    })
  })
  t.test('list shows each with its price and evidence and exits 3', async (t) => {
    it.leaks.report = { ...it.leaks.report, leaks: [server, address], watched: [server] }
    const lines = [
      '  ID             WHY          NAME                  PROVISION SINCE          PER HOUR PER MONTH',
      '  server/a1      host-removed host_2                7         11/22 08:19:47 0.1070   78.11',
      '  flexible-ip/b2 host-removed host_2                7         11/22 08:19:47 unknown  unknown',
      '  TOTAL                                                                      0.1070+  78.11+',
      '',
      'server/a1 (project p in fr-par-2): Provision 7 has no host-2: host-0; No host of OpenNebula has this server',
    ]
    const { code, stdout } = await it.edgectl('leaks list')
    t.equal(code, 3)
    t.strictSame(stdout.split('\n').slice(1, 7), lines)
    t.match(stdout, 'watched since 11/22 08:19:47: server/a1 host_2, not for 30 minutes yet')
    const json = await it.edgectl('leaks list --json')
    t.equal(json.code, 3)
    t.match(JSON.parse(json.stdout), { leaks: [{ id: 'server/a1' }, {}] })
  })
  t.test('release takes ids or --all, and asks nobody who is not there', async (t) => {
    it.asked.splice(0)
    for (const args of ['', 'server/a1 --all']) {
      t.match(await it.edgectl(`leaks release ${args}`), {
        code: 2,
        stderr: /^Name what to release by the IDs/,
      })
    }
    t.match(await it.edgectl('leaks release --all'), { code: 2, stderr: /--yes releases/ })
    t.match(await it.edgectl('leaks release server/zz --yes'), { code: 2, stderr: /is no leak/ })
    t.strictSame(it.asked, [])
  })
  t.test('release follows each to its end', async (t) => {
    const outcome = await it.edgectl('leaks release server/a1 --yes')
    t.match(outcome, {
      code: 0,
      stdout: /ID +OUTCOME +WHY\n +server\/a1 released It is gone\n$/,
      stderr: 'server/a1: released: It is gone\n',
    })
    t.strictSame(it.asked, ['release server/a1'])
    it.leaks.releases.splice(0)
    const failed = {
      id: 'server/a1',
      providers: [1],
      outcome: 'failed',
      sentence: 'locked',
    } as const
    it.leaks.releases.push(failed)
    const both = await it.edgectl('leaks release --all --yes --json')
    t.equal(both.code, 1)
    t.match(JSON.parse(both.stdout), [{ outcome: 'failed' }, { outcome: 'released' }])
    t.match(await it.edgectl('leaks release --all --yes --no-wait'), {
      code: 0,
      stdout: '2 releases are under way\n',
    })
  })
})

t.test('only a yes is a yes', async (t) => {
  const ask = async (typed: string) => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    input.end(typed)
    return confirmed('Sure?', { input, output })
  }
  for (const typed of ['y\n', 'YES\n', ' yes \n']) t.equal(await ask(typed), true, typed)
  for (const typed of ['\n', 'n\n', 'yesterday\n', '']) t.equal(await ask(typed), false, typed)
})

t.test('provision show tells what it costs, or why that is not known', async (t) => {
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
  t.notMatch((await it.edgectl(`provision show ${id}`)).stdout, /COST/)
  it.costs.set(id, {
    items: [{ kind: 'server', id: 's', name: 'host_0 51.15.0.11', price }],
    total: { ...price, complete: true },
    unread: [],
  })
  const { stdout } = await it.edgectl(`provision show ${id}`)
  const lines = [
    'COST AT SCALEWAY, PRICES IN EUR WITHOUT TAXES',
    '  WHAT   NAME                  PER HOUR PER MONTH',
    '  server host_0 51.15.0.11     0.1070   78.11',
    '  TOTAL                        0.1070   78.11',
    'Prices from: Scaleway’s offer',
    '',
  ]
  t.ok(stdout.endsWith(`\n\n${lines.join('\n')}`), stdout)
  t.match(JSON.parse((await it.edgectl(`provision show ${id} --json`)).stdout), { ID: `${id}` })
  it.costs.set(id, new Fault('EDGE_CLOUD_DENIED', 'denied', 'Scaleway refuses this key'))
  t.match(await it.edgectl(`provision show ${id}`), {
    code: 0,
    stdout: /COST AT SCALEWAY\nnot known: Scaleway refuses this key\n$/,
  })
})
