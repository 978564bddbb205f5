import t from 'tap'
import { type Guard, guards } from './guards.ts'
import { judge } from './judge.ts'
import { egressRows, severedRows } from './rows-egress.ts'
import { exposureRows } from './rows-exposure.ts'
import { natRows } from './rows-nat.ts'
import { securityRows } from './rows-security.ts'
import type { DriverOrder } from './security-groups.ts'
import { createSite } from './site.ts'
import { type Row, type Seen, tableText, tryRows } from './table.ts'

const site = await createSite(['web', 'api', 'far', 'red1', 'red2', 'red3', 'green', 'grey'])
const table: Seen[] = []
t.teardown(async () => {
  await site.close()
  console.error(tableText(table))
})

const rows: readonly Row[] = [...securityRows, ...natRows, ...egressRows, ...exposureRows]
const orders: readonly DriverOrder[] = ['vxlan first', 'elastic first']

for (const order of orders) {
  t.test(`every path, with OpenNebula's rules as they are made ${order}`, async (t) => {
    await site.secure('as they are', order)
    judge(t, table, await tryRows(site, rows, order))
    await site.secure('wide open', order)
    const guarded = rows.filter(({ guard }) => guard === 'security groups')
    judge(t, table, await tryRows(site, guarded, `${order}, security groups wide open`, true))
    t.equal(await site.settle(), 0, 'and the agent had nothing to repair')
  })
}

t.test('each guard is what makes its rows drop', async (t) => {
  await site.secure('as they are')
  for (const guard of Object.keys(guards) as Guard[]) {
    const guarded = rows.filter((row) => row.guard === guard)
    if (guard === 'security groups' || guarded.length === 0) continue
    await guards[guard](site)
    judge(t, table, await tryRows(site, guarded, `without ${guard}`, true))
    t.not(await site.settle(), 0, `${guard} is put back`)
  }
})

t.test('nothing leaks while the private network is gone', async (t) => {
  const [h1] = site.hosts
  await h1?.sh('ip link set scwpn down')
  judge(t, table, await tryRows(site, severedRows, 'scwpn is down'))
  await guards['the unreachable route behind the public gateway'](site)
  judge(t, table, await tryRows(site, severedRows, 'without the unreachable route', true))
  t.not(await site.settle(), 0)
})
