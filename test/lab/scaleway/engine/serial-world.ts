import type { World } from '../world.ts'

/** A world in which nothing is slow and nothing fails. */
export function createIdleWorld(): World {
  const done = async () => {}
  return {
    installServer: done,
    powerServer: done,
    removeServer: done,
    attachNic: done,
    detachNic: done,
    attachGateway: done,
    detachGateway: done,
    routeAddress: done,
  }
}

/** The same world, calls for one server, gateway or address queued behind each other. */
export function serialWorld(world: World): World {
  const tails = new Map<string, Promise<unknown>>()
  const queue = <T>(key: string, call: () => Promise<T>): Promise<T> => {
    const turn = (tails.get(key) ?? Promise.resolve()).then(call, call)
    const tail = turn.catch(() => {})
    tails.set(key, tail)
    void tail.then(() => tails.get(key) === tail && tails.delete(key))
    return turn
  }
  return {
    installServer: (server) => queue(server.id, () => world.installServer(server)),
    powerServer: (server, action) => queue(server, () => world.powerServer(server, action)),
    removeServer: (server) => queue(server, () => world.removeServer(server)),
    attachNic: (nic) => queue(nic.server, () => world.attachNic(nic)),
    detachNic: (nic) => queue(nic.server, () => world.detachNic(nic)),
    attachGateway: (gateway) => queue(gateway.gateway, () => world.attachGateway(gateway)),
    detachGateway: (gateway) => queue(gateway.gateway, () => world.detachGateway(gateway)),
    routeAddress: (address, server) => queue(address, () => world.routeAddress(address, server)),
  }
}
