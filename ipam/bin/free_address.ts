import { runDriver } from '../runs/run-driver.ts'
import { freeDriver } from '../wire/drivers.ts'

void runDriver('free_address', freeDriver)
