import { createClock } from '../lib/clock/index.ts'
import { sentenceOf } from '../lib/fault/index.ts'
import { createLogger } from '../lib/log/index.ts'
import { createExec, type Exec } from './exec/index.ts'
import { createFrr, proveConfig } from './frr/index.ts'
import { createReporter, inventory } from './health/index.ts'
import { gatewayMac } from './host/index.ts'
import { createAgentHub, listen } from './hub/index.ts'
import { createLoop } from './loop.ts'
import { watchKernel } from './observe/index.ts'
import { createGuard, nextHop, reachOf } from './probation/index.ts'
import { createNetwork, type FrrPort, type Network } from './reconcile/index.ts'
import { type AgentConfig, claim, knownControllers, openState } from './state/index.ts'
import { serveStatus } from './status.ts'
import { version } from './version.ts'

/** A running agent. */
export interface Agent {
  /** Stops talking and looking; the network stays as it is. */
  stop(): Promise<void>
}

/**
 * Starts the agent: the last good spec is made true first, before any controller is reachable. Ready
 * is told when it is, whatever came of it: hypervisors wait for us, and must not wait forever.
 */
export async function runAgent(config: AgentConfig, notifySocket?: string): Promise<Agent> {
  const logger = createLogger('edge-agent', { level: config.logLevel })
  const clock = createClock()
  const exec = createExec({ logger, hand: true })
  const unclaim = claim(config.state, logger)
  const state = await openState(
    { directory: config.state, tokenFile: config.tokenFile },
    logger.child({ room: 'state' }),
  )
  const guard = createGuard({
    clock,
    logger,
    state,
    controller: { connected: () => hub.connected(), heardMs: () => hub.heardMs() },
    gateway: {
      find: ({ underlay }) => nextHop(exec, underlay.gateway),
      reach: (hop) => reachOf(exec, hop),
    },
  })
  const network = networkOf(config, exec, state.controllers)
  const loop = createLoop({
    network,
    clock,
    logger,
    onOutcome: (outcome) => hub.applied(outcome),
    guard,
  })
  const { report, close: closeReporter } = createReporter({
    clock,
    exec,
    logger: logger.child({ room: 'health' }),
    agent: version,
    frrRunDirectory: config.frr.runDirectory,
    state: () => loop.state,
  })
  const hub = createAgentHub({
    clock,
    logger: logger.child({ room: 'hub' }),
    server: config.server,
    agent: version,
    state,
    onSpec: loop.want,
    report,
    refusal: guard.refusal,
    onController: (address) =>
      void state.keepController(address).then(
        (isNews) => isNews && loop.wake(),
        (error) => logger.error(`The controller's address cannot be kept: ${sentenceOf(error)}`),
      ),
  })

  const good = state.lastGood()
  if (good) {
    loop.want(good)
    await loop.round()
  }
  const listener = await listen({ path: config.socket, logger, accept: hub.accept })
  const status = await serveStatus(
    config.statusSocket,
    async () => ({
      server: config.server,
      connected: hub.connected(),
      epoch: loop.state.spec?.epoch ?? null,
      generation: loop.state.spec?.generation ?? null,
      report: await report(),
      inventory: await inventory(),
    }),
    logger,
  )
  const onChange = () => {
    network.heard()
    loop.wake()
  }
  const monitor = watchKernel({ exec, clock, logger, onChange })
  if (notifySocket) {
    // Node has no unix datagram sockets; the unit says NotifyAccess=all.
    await exec.run(['env', `NOTIFY_SOCKET=${notifySocket}`, 'systemd-notify', '--ready'])
  }
  logger.info('The agent is ready', { version, generation: good?.generation ?? null })

  return {
    stop: async () => {
      hub.close()
      await Promise.all([
        ...[loop.stop(), monitor.close(), closeReporter()],
        ...[listener.close(), status.close()],
      ])
      unclaim()
    },
  }
}

/** The host's network for somebody who only plans, as the running agent would. */
export async function plannedNetwork(config: AgentConfig): Promise<Network> {
  const logger = createLogger('edge-agent', { level: config.logLevel })
  const controllers = await knownControllers(config.state, logger)
  return networkOf(config, createExec({ logger, hand: true }), () => controllers)
}

/** The host's network with everything it needs. */
function networkOf(config: AgentConfig, exec: Exec, controllers: () => readonly string[]): Network {
  const logger = createLogger('edge-agent', { level: config.logLevel })
  const frr = frrOf(config, exec)
  return createNetwork({ exec, frr, logger, clock: createClock(), controllers })
}

/** FRR on this host. */
export function frrOf({ frr }: AgentConfig, exec: Exec): FrrPort {
  return createFrr({
    ...frr,
    gatewayMac,
    prove: (file) => proveConfig(exec, file),
    announce: async (device, address) => {
      await exec.run(['ip', 'address', 'replace', address, 'dev', device])
    },
  })
}
