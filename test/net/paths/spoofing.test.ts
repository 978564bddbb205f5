import t from 'tap'
import { type Guard, guards } from './guards.ts'
import { judge } from './judge.ts'
import { spoofingRows } from './rows-spoofing.ts'
import { createSite } from './site.ts'
import { type Seen, tableText, tryRows } from './table.ts'

const site = await createSite(['web', 'api', 'db', 'red1', 'red2', 'red3'])
const table: Seen[] = []
t.teardown(async () => {
  await site.close()
  console.error(tableText(table))
})

t.test('what a VM forges gets nothing out and changes nothing', async (t) => {
  await site.secure('as they are', 'elastic first')
  judge(t, table, await tryRows(site, spoofingRows, 'guarded'))
  t.equal(await site.settle(), 0, 'and the agent had nothing to repair')
})

t.test('each guard is what stops it', async (t) => {
  for (const guard of Object.keys(guards) as Guard[]) {
    const guarded = spoofingRows.filter((row) => row.guard === guard)
    if (guarded.length === 0) continue
    await guards[guard](site)
    judge(t, table, await tryRows(site, guarded, `without ${guard}`, true))
    t.not(await site.settle(), 0, `${guard} is put back`)
  }
})
