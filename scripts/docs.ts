// npm run docs: writes what is generated of the documentation.
import { writeFile } from 'node:fs/promises'
import { catalogues } from './docs/catalogues.ts'
import { errorsPage } from './docs/errors-page.ts'

const page = new URL('../docs/errors.md', import.meta.url)
await writeFile(page, errorsPage(await catalogues()))
