import type { World } from './world.ts'

export interface MemoryWorld extends World {
  /** Calls in order, as `attachNic <server>`. */
  readonly calls: string[]
  readonly arguments: unknown[]
  /** Who gets each flexible IP. */
  readonly routes: Map<string, string | null>
  /** The next call of that name rejects. */
  failNext(call: keyof World): void
  /** Calls of that name wait until the returned function is called. */
  hold(call: keyof World): () => void
}

/** A data centre that only remembers, with knobs to be slow or to fail. */
export function createMemoryWorld(): MemoryWorld {
  const calls: string[] = []
  const given: unknown[] = []
  const routes = new Map<string, string | null>()
  const failing = new Set<string>()
  const holds = new Map<string, Promise<void>>()

  async function happen(call: keyof World, subject: string, what: unknown): Promise<void> {
    calls.push(`${call} ${subject}`)
    given.push(what)
    await holds.get(call)
    if (failing.delete(call)) throw new Error(`${call} was told to fail`)
  }

  return {
    calls,
    arguments: given,
    routes,
    failNext: (call) => void failing.add(call),
    hold(call) {
      const { promise, resolve } = Promise.withResolvers<void>()
      holds.set(call, promise)
      return () => {
        holds.delete(call)
        resolve()
      }
    },
    installServer: (server) => happen('installServer', server.id, server),
    powerServer: (server, action) => happen('powerServer', server, action),
    removeServer: (server) => happen('removeServer', server, server),
    attachNic: (nic) => happen('attachNic', nic.server, nic),
    detachNic: (nic) => happen('detachNic', nic.server, nic),
    attachGateway: (gateway) => happen('attachGateway', gateway.gateway, gateway),
    detachGateway: (gateway) => happen('detachGateway', gateway.gateway, gateway),
    async routeAddress(address, server) {
      await happen('routeAddress', address, server)
      routes.set(address, server)
    },
  }
}
