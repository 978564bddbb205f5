import { access, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createExec } from '../../../agent/exec/index.ts'
import { proveConfig } from '../../../agent/frr/index.ts'
import { frrModel } from '../../../agent/frr/model.ts'
import { renderFrr } from '../../../agent/frr/render.ts'
import { HostSpec, parseAs } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'

const here = import.meta.dirname
const exec = createExec({ logger: silent })
const update = process.argv.includes('--update') || process.env['TAP_SNAPSHOT'] === '1'
const gatewayMac = '02:00:5e:00:01:01'

const entries = await readdir(here, { withFileTypes: true })
const cases = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
const parser = await access('/usr/bin/vtysh').then(
  () => true,
  () => false,
)
const withoutParser = { skip: parser ? false : 'vtysh is not installed' }

for (const name of cases.filter((name) => name !== 'wrong-on-purpose')) {
  t.test(name.replaceAll('-', ' '), async (t) => {
    const text = await readFile(join(here, name, 'spec.json'), 'utf8')
    const spec = parseAs(HostSpec, JSON.parse(text), 'The golden spec')
    const file = join(here, name, 'want.frr')
    const made = renderFrr(frrModel(spec, gatewayMac))
    if (update) await writeFile(file, made)
    t.equal(made, await readFile(file, 'utf8'))
    await t.test("FRR's own parser takes it", withoutParser, async (t) => {
      await t.resolves(proveConfig(exec, file))
    })
  })
}

t.test("FRR's own parser refuses the wrong one by its line", withoutParser, async (t) => {
  await t.rejects(proveConfig(exec, join(here, 'wrong-on-purpose', 'want.frr')), {
    code: 'EDGE_FRR_REFUSED',
    sentence: /timerz/,
  })
})
