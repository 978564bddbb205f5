// npm run docs: writes what is generated of the documentation.
import { readFile, writeFile } from 'node:fs/promises'
import { COMMANDS } from '../controller/cli/index.ts'
import { apiDocument, apiPage } from './docs/api-page.ts'
import { catalogues } from './docs/catalogues.ts'
import { cliPage } from './docs/cli-page.ts'
import { errorsPage } from './docs/errors-page.ts'

const page = (name: string) => new URL(`../docs/${name}.md`, import.meta.url)
await writeFile(page('errors'), errorsPage(await catalogues()))
await writeFile(page('api'), apiPage(await apiDocument()))
await writeFile(page('cli'), cliPage(await readFile(page('cli'), 'utf8'), COMMANDS))
