import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { dist } from '../../lab/whole/dist.ts'

let compiled: Promise<string> | undefined

/**
 * A directory for NODE_COMPILE_CACHE with the controller's program in it, compiled once for this
 * process. One that is killed writes nothing there, so one is started that ends by itself.
 */
export function compileCache(): Promise<string> {
  compiled ??= compile()
  return compiled
}

async function compile(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'edgectl-compiled-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  const env = { ...process.env, NODE_COMPILE_CACHE: dir }
  const program = [dist('controller/edgectld.mjs'), '--config', join(dir, 'no such file')] as const
  await promisify(execFile)(dist('node'), program, { env }).catch(() => undefined)
  return dir
}
