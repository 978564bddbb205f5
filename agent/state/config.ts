import { type Static, Type } from 'typebox'
import { parseAs } from '../../lib/contract/index.ts'
import { textOf } from './atomic-file.ts'
import { fault } from './faults.ts'

const Path = Type.String({ pattern: '^/' })

/** `/etc/edge-agent/config.json`, written by the bootstrap. */
export const AgentConfig = Type.Object({
  /** Scaleway's id of this server: who the agent logs in as. */
  server: Type.String({ minLength: 1 }),
  /** Where `edge-agent relay` brings connections of the controller. */
  socket: Type.Optional(Path),
  /** Where `edge-agent status` asks. */
  statusSocket: Type.Optional(Path),
  state: Type.Optional(Path),
  tokenFile: Type.Optional(Path),
  frr: Type.Optional(Type.Object({ runDirectory: Path, configFile: Path })),
  logLevel: Type.Optional(Type.String()),
})

export type AgentConfig = Required<Static<typeof AgentConfig>>

const defaults = {
  socket: '/run/edge-agent/hub.sock',
  statusSocket: '/run/edge-agent/status.sock',
  state: '/var/lib/edge-agent',
  tokenFile: '/etc/edge-agent/token',
  frr: { runDirectory: '/var/run/frr', configFile: '/etc/frr/frr.conf' },
  logLevel: 'info',
}

/** Reads the agent's configuration. Throws EDGE_AGENT_CONFIG, or EDGE_MESSAGE_INVALID by member. */
export async function readConfig(file: string): Promise<AgentConfig> {
  const text = await textOf(file)
  if (text === undefined) {
    throw fault('EDGE_AGENT_CONFIG', `There is no ${file}`)
  }
  return { ...defaults, ...parseAs(AgentConfig, JSON.parse(text), file) }
}
