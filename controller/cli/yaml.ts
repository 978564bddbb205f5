// By way of this file, because a package in CommonJS that is imported late comes without its names.
export { parse, stringify, YAMLError } from 'yaml'
