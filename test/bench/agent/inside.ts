// One part, in the namespaces this process was started in; its rows go to file descriptor 3 as JSON.
import { writeFileSync } from 'node:fs'
import { parts } from './parts.ts'
import { becomeHost } from './rig.ts'

const part = parts[process.argv[2] ?? '']
if (part === undefined) throw new Error(`${process.argv[2]}: no part`)
await becomeHost()
writeFileSync(3, JSON.stringify(await part()))
// Whatever still runs inside ends with the namespaces.
process.exit(0)
