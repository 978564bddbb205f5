import { skipped, type UnitFacts, type Verdict } from '../../doctor/index.ts'

const withinMs = 10_000
const properties = ['LoadState', 'UnitFileState', 'ActiveState', 'SubState', 'NRestarts'] as const

/** The controller's unit as systemd knows it; or why nobody can say. */
export async function unitFacts(): Promise<UnitFacts | Verdict> {
  const { execFile } = process.getBuiltinModule('node:child_process')
  const argv = ['show', 'edgectl.service', ...properties.map((name) => `--property=${name}`)]
  return await new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C' }
    execFile('systemctl', argv, { env, timeout: withinMs }, (error, stdout, stderr) => {
      const said = (stderr.trim().split('\n')[0] || error?.message) ?? ''
      if (error) resolve(skipped(`systemd cannot be asked for edgectl.service: ${said}`))
      else resolve(factsIn(stdout))
    })
  })
}

function factsIn(text: string): UnitFacts {
  const values = new Map(text.split('\n').map((line) => line.split('=') as [string, string]))
  const value = (name: (typeof properties)[number]) => values.get(name) ?? ''
  return {
    load: value('LoadState'),
    file: value('UnitFileState') || 'not enabled',
    active: value('ActiveState'),
    sub: value('SubState'),
    restarts: Number(value('NRestarts')) || 0,
  }
}
