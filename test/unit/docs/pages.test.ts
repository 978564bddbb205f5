import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '../../..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
const pages = ['README.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)]

t.test('every link between pages leads somewhere', async (t) => {
  for (const page of pages) {
    for (const [, target = ''] of text(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      t.ok(existsSync(join(root, dirname(page), target)), `${page}: ${target}`)
    }
  }
})

t.test('every file a page names in a code span exists', async (t) => {
  const inside = /^(?:agent|controller|ipam|lib|scripts|test|docs)\/[\w./-]+$/
  for (const page of pages) {
    for (const [, span = ''] of text(page).matchAll(/`([^`\n]+)`/g)) {
      if (inside.test(span)) t.ok(existsSync(join(root, span)), `${page}: ${span}`)
    }
  }
})

t.test('every difference from stock OneForm has the test it names', async (t) => {
  const rows = text('docs/compatibility.md')
    .split('\n')
    .filter((line) => /^\| (?!stock|---)/.test(line))
  t.ok(rows.length >= 6)
  for (const row of rows) {
    const [, file = '', title = ''] = /`(test\/[^`]+)`: "([^"]+)" \|$/.exec(row) ?? []
    t.ok(file !== '' && text(file).includes(`'${title}'`), row)
  }
})
