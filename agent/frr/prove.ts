import type { Exec } from '../exec/index.ts'
import { fault } from './faults.ts'

/**
 * Has FRR's own parser read a configuration file without using it. Throws EDGE_FRR_REFUSED with the
 * first line it does not know.
 */
export async function proveConfig(exec: Exec, file: string): Promise<void> {
  const { code, stdout, stderr } = await exec.run(['vtysh', '-C', '-f', file])
  if (code === 0) return
  throw fault('EDGE_FRR_REFUSED', "FRR's parser refuses the configuration", {
    answer: `${stderr}${stdout}`.trim().slice(0, 300),
  })
}
