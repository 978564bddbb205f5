/** Loaded before a program: SIGUSR2 sets its wall clock a year ahead, the next one two years back. */
const yearMs = 365 * 864e5
const real = Date.now
let shiftMs = 0
process.on('SIGUSR2', () => {
  shiftMs = shiftMs > 0 ? -yearMs : yearMs
})
Date.now = () => real() + shiftMs
