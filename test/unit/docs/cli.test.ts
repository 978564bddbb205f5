import { readFileSync } from 'node:fs'
import t from 'tap'
import { COMMANDS } from '../../../controller/cli/index.ts'
import { cliPage } from '../../../scripts/docs/cli-page.ts'

t.test('docs/cli.md tells every command there is: `npm run docs` writes it', async (t) => {
  const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
  t.equal(page, cliPage(page, COMMANDS))
  for (const id of Object.keys(COMMANDS)) t.match(page, `\n### ${id.replaceAll(':', ' ')}\n`)
})
