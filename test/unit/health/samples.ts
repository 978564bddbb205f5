import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Exec, ExecFacts } from '../../../agent/exec/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { elasticOf, hostSpec, privateNetwork } from '../agent-net/specs.ts'

export const recorded = (name: string) =>
  readFile(join(import.meta.dirname, '../../recorded', name), 'utf8')
export const peerA = '10.180.0.12'
export const peerB = '10.180.0.13'

/** A spec with two BGP neighbours, one private network, one public one with two addresses. */
export const spec: HostSpec = hostSpec({
  networks: [privateNetwork(5, 'red', { vteps: [peerA, peerB] })],
  bgp: {
    ...{ asn: 65000, role: 'mesh', clusterId: null, password: null },
    neighbours: [
      { address: peerA, role: 'mesh' },
      { address: peerB, role: 'mesh' },
    ],
  },
  elastics: [elasticOf(1, 0), elasticOf(2, 1)],
})

/** Processes as a double: what each argv answers; `code` 0 unless it says so. */
export function execOf(answer: (argv: readonly string[]) => Partial<ExecFacts>): Exec {
  const run = async (argv: readonly string[]): Promise<ExecFacts> => ({
    ...{ argv, code: 0, stdout: '', stderr: '', timedOut: false, elapsedMs: 0 },
    ...answer(argv),
  })
  return { run, follow: run }
}

export async function scratch(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'health-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}
