import t from 'tap'
import { parseInputs, preflight } from '../../../controller/provision/index.ts'
import { call, makeProvider, open } from '../../unit/api/calls.ts'
import { createSite } from './site.ts'

t.test('a dry run only asks, and answers within seconds', async (t) => {
  const site = await createSite(t)
  const one = { networks: { list: async () => [] } } as never
  const it = open(t, {
    preflight: (_connection, values) =>
      preflight(
        { scaleway: site.scaleway, one, provisions: it.documents.provisions },
        parseInputs(values),
      ),
  })
  const request = {
    driver: 'scaleway',
    provider_id: await makeProvider(it),
    user_inputs_values: {
      ...{ oneform_hosts: 2, instance_public_ips: 1, billing: 'monthly' },
      ...{ instance_type: 'em_b220e_nvme', instance_disk_size: 300, gateway_type: 'VPC-GW-M' },
    },
  }
  const started = performance.now()
  const answer = await call(it, 'POST /api/v1/provisions?dry_run=true', request)
  t.ok(performance.now() - started < 10_000)
  t.equal(answer.status, 200, answer.text)
  const { create, total } = JSON.parse(answer.text) as {
    create: { kind: string; what: string; price: { per_month: number } }[]
    total: { per_month: number; once: number }
  }
  t.same(
    create.map(({ kind }) => kind),
    ['ssh-key', 'vpc', 'private-network', 'gateway-ip', 'gateway', 'server', 'flexible-ip'],
  )
  t.match(create.find(({ kind }) => kind === 'server')?.what, /monthly .* partition of 300 GB/)
  const sum = create.reduce((all, { price }) => all + price.per_month, 0)
  t.equal(Math.round(total.per_month * 100), Math.round(sum * 100))
  t.ok(total.once > 0)

  const calls = await site.asked()
  t.ok(calls.length > 20)
  const answered = await fetch(`${site.sim.url}/_sim/requests`)
  const { requests } = (await answered.json()) as { requests: { inFlight: number }[] }
  t.equal(Math.max(...requests.map(({ inFlight }) => inFlight)), 10, 'as many at once as may be')
  t.same(
    calls.filter((one) => !/^GET |^POST .*\/partitioning-schemas\/validate$/.test(one)),
    [],
  )
  t.same(it.asked, [])
  t.same(await it.documents.provisions.list(), [])
  t.same(await site.violations(true), [])
})
