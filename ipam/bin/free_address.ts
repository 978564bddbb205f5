import { freeAddress } from '../wire/answers.ts'
import { readRequest } from '../wire/request.ts'
import { runDriver } from '../wire/run-driver.ts'

void runDriver('free_address', (argv, input) => freeAddress(readRequest(argv, input)))
