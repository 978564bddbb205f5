import type { Sim } from '../engine/sim.ts'
import type { Gateway } from './model.ts'

const seconds = { allocating: 3, configuring: 6, settle: 5 }

/** allocating → configuring → running, or failed when a fault says so. */
export function bringUp(sim: Sim, gateway: Gateway): void {
  const failed = sim.faults.take('gatewayFailed') !== undefined
  gateway.hidden.busy += 1
  sim.clock.after(seconds.allocating, `allocate gateway ${gateway.name}`, () => {
    if (!lives(sim, gateway)) return
    gateway.status = 'configuring'
    sim.clock.after(seconds.configuring, `configure gateway ${gateway.name}`, () => {
      gateway.hidden.busy -= 1
      if (!lives(sim, gateway)) return
      gateway.status = failed ? 'failed' : 'running'
      gateway.version = '0.7.2'
    })
  })
}

/** Holds the gateway in `configuring` until the returned function is called and it has settled. */
export function occupy(sim: Sim, gateway: Gateway): (settleSeconds: number) => void {
  gateway.hidden.busy += 1
  gateway.status = 'configuring'
  return (settleSeconds) => {
    sim.clock.after(settleSeconds, `settle gateway ${gateway.name}`, () => {
      gateway.hidden.busy -= 1
      if (lives(sim, gateway) && gateway.hidden.busy === 0) gateway.status = 'running'
    })
  }
}

/** After a change to the gateway itself. */
export function reconfigure(sim: Sim, gateway: Gateway): void {
  occupy(sim, gateway)(seconds.settle)
}

const lives = (sim: Sim, gateway: Gateway) => sim.store.gateways.get(gateway.id) === gateway
