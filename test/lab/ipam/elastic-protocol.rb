# frozen_string_literal: true

# Plays the stock elastic driver to a provider plug-in: the same base class, calls and objects, none
# of its code. Reads {"class_path", "host", "vm", "argv", "calls"} as JSON on standard input, prints
# what each call gave as JSON.

require 'json'
require 'rexml/document'

play = JSON.parse($stdin.read)
ARGV.replace(play['argv'])

module OpenNebula

    module DriverLogger

        def self.report(message)
            $reported << message
        end

        def self.log_info(message)
            $logged << message
        end

    end

end

$reported = []
$logged   = []

class GenericProvider

    def initialize(provider, host)
        @provider = provider
        @host     = host
    end

end

class Element

    def initialize(xml)
        @root = REXML::Document.new(xml).root
    end

    def [](path)
        @root.elements[path]&.text
    end

end

class ElasticDriver

    attr_reader :vm

    def initialize(vm)
        @vm = Element.new(vm)
    end

end

driver = ElasticDriver.new(play['vm']) if play['vm']
require play['class_path']
plugins = ObjectSpace.each_object(Class).select {|one| one < GenericProvider && one.name }
raise "#{plugins.size} plug-ins" unless plugins.size == 1

(play['patience'] || {}).each do |name, seconds|
    plugins.first.send(:remove_const, name)
    plugins.first.const_set(name, seconds)
end

host     = Element.new(play['host'])
provider = plugins.first.new({ :driver => 'scaleway', :path => '/' }, host)
results  = play['calls'].map do |call|
    if call['action'] == 'activate' || call['action'] == 'deactivate'
        commands = ['ip route add x', 'ip neighbour add proxy y']
        provider.public_send(call['action'], commands, { :ip => '100.64.0.0' })
        commands
    else
        provider.public_send(call['action'], call['ip'], call['external'], {})
    end
end
puts JSON.generate(:results => results, :reported => $reported, :logged => $logged,
                   :vm => driver&.vm&.[]('ID'))
