import { readFileSync } from 'node:fs'
import t from 'tap'
import { apiDocument, apiPage } from '../../../scripts/docs/api-page.ts'

t.test('docs/api.md tells every route there is: `npm run docs` writes it', async (t) => {
  const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')
  const document = await apiDocument()
  t.equal(page, apiPage(document))
  for (const [path, methods] of Object.entries(document.paths))
    for (const method of Object.keys(methods))
      t.ok(page.includes(`### ${method.toUpperCase()} ${path}\n`), `${method} ${path}`)
})
