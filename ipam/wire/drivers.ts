import { sentenceOf } from '../../lib/fault/index.ts'
import type { DriverName } from './actions.ts'
import { allocateAddress, getAddress } from './answers.ts'
import type { Driver } from './driver.ts'
import { registerRange, unregisterRange } from './register.ts'
import { readNetworkId, readRequest } from './request.ts'

export const getDriver: Driver = ({ argv, input }) => ({
  text: getAddress(readRequest(argv, input)),
})

/** oned ignores what is printed. */
export const allocateDriver: Driver = ({ argv, input }) => {
  allocateAddress(readRequest(argv, input))
  return { text: '' }
}

/**
 * Succeeds whatever it is handed: nothing is to be done, oned frees addresses that were never held,
 * and a failure would leave the lease in oned until the range is removed by force.
 */
export const freeDriver: Driver = ({ argv, input }) => {
  try {
    readRequest(argv, input)
    return { text: '' }
  } catch (error) {
    return { text: '', warning: `Freed all the same: ${sentenceOf(error)}` }
  }
}

/** Nothing to do on the front-end: the controller sees the network in oned and the hosts follow. */
export const networkDriver: Driver = ({ argv, input }) => {
  readNetworkId(argv, input)
  return { text: '' }
}

/** Every driver by the name oned starts it with. */
export const drivers = {
  register_address_range: registerRange,
  unregister_address_range: unregisterRange,
  get_address: getDriver,
  allocate_address: allocateDriver,
  free_address: freeDriver,
  vnet_create: networkDriver,
  vnet_delete: networkDriver,
} as const satisfies Readonly<Record<DriverName, Driver>>
