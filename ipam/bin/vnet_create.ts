import { readNetworkId } from '../wire/request.ts'
import { runDriver } from '../wire/run-driver.ts'

// Nothing to do on the front-end: the controller sees the network in oned and the hosts follow.
void runDriver('vnet_create', (argv, input) => {
  readNetworkId(argv, input)
  return ''
})
