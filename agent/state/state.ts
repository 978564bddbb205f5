import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HostSpec, parseAs } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import { keepSecret, type Logger } from '../../lib/log/index.ts'
import { putFile, textOf } from './atomic-file.ts'
import { type AgentKey, agentKey } from './key.ts'
import { lastGoodFile } from './last-good.ts'

/** What an agent keeps on disk. */
export interface AgentState {
  readonly key: AgentKey
  /** The last spec that was applied; null on a fresh host. */
  lastGood(): HostSpec | null
  keepGood(spec: HostSpec): Promise<void>
  /** The enrolment token; undefined when there is none, or once the key is admitted. */
  token(): Promise<string | undefined>
  /** The key is admitted: the token has done its work. */
  forgetToken(): Promise<void>
}

export interface StatePaths {
  /** `/var/lib/edge-agent`: the key and the last good spec. */
  readonly directory: string
  /** `/etc/edge-agent/token`, put there by the bootstrap. */
  readonly tokenFile: string
}

/** Opens the agent's state. A last good spec that cannot be read counts as none, and is reported. */
export async function openState(
  { directory, tokenFile }: StatePaths,
  logger: Logger,
): Promise<AgentState> {
  const file = lastGoodFile(directory)
  const key = await agentKey(join(directory, 'key.pem'))
  let good = await readSpec(file, logger)
  return {
    key,
    lastGood: () => good,
    keepGood: async (spec) => {
      // The file holds the BGP password; it is readable by root alone.
      const text = `${JSON.stringify(spec)}\n`
      if (good !== null && text === `${JSON.stringify(good)}\n`) return
      await putFile(file, text)
      good = spec
    },
    token: async () => {
      const token = (await textOf(tokenFile))?.trim()
      return token ? keepSecret(token) : undefined
    },
    forgetToken: () => rm(tokenFile, { force: true }),
  }
}

async function readSpec(file: string, logger: Logger): Promise<HostSpec | null> {
  try {
    const text = await textOf(file)
    return text === undefined ? null : parseAs(HostSpec, JSON.parse(text), 'The last good spec')
  } catch (error) {
    logger.error(`The last good spec cannot be read: ${sentenceOf(error)}`, { file })
    return null
  }
}
