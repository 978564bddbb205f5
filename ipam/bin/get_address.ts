import { runDriver } from '../runs/run-driver.ts'
import { getDriver } from '../wire/drivers.ts'

void runDriver('get_address', getDriver)
