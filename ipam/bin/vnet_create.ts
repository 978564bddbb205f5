import { runDriver } from '../runs/run-driver.ts'
import { networkDriver } from '../wire/drivers.ts'

void runDriver('vnet_create', networkDriver)
