import { readFile } from 'node:fs/promises'
import { sentenceOf } from '../../../lib/fault/index.ts'
import { type Config, defaults, loadConfig } from '../../config/index.ts'
import { judgeConfiguration, type Verdict } from '../../doctor/index.ts'
import { statIfThere } from './look-files.ts'
import type { Places } from './site.ts'

export interface Read {
  /** The defaults where the file cannot be taken. */
  readonly config: Config
  readonly verdict: Verdict
}

/** The controller's configuration, read as it reads it. Throws for a file that may not be read. */
export async function readConfiguration({ configuration: path, home }: Places): Promise<Read> {
  const mode = (await statIfThere(path))?.mode
  if (mode === undefined) return judged(defaults(home), { path, mode })
  await readFile(path)
  try {
    return judged(await loadConfig(path, home), { path, mode })
  } catch (error) {
    return judged(defaults(home), { path, mode, refused: sentenceOf(error) })
  }
}

type Known = Pick<Parameters<typeof judgeConfiguration>[0], 'path' | 'mode'> & {
  readonly refused?: string
}

function judged(config: Config, { path, mode, refused }: Known): Read {
  const hasLogin = /\/\/[^/]*@/.test(config.profile.repository ?? '')
  const facts = { ...{ path, mode, refused, hasLogin }, host: config.host }
  return { config, verdict: judgeConfiguration(facts) }
}
