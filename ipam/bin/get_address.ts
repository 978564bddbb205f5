import { getAddress } from '../wire/answers.ts'
import { readRequest } from '../wire/request.ts'
import { runDriver } from '../wire/run-driver.ts'

void runDriver('get_address', (argv, input) => getAddress(readRequest(argv, input)))
