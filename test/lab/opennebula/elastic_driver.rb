# frozen_string_literal: true

# What OpenNebula's elastic network driver is to a provider's class: the same names, the same order
# of calls, the same three requests to OneForm. Commands that it would run on the host over SSH are
# printed on stdout as "<host> <command>", for the stand-in to judge.

require 'base64'
require 'json'
require 'net/http'
require 'rexml/document'
require 'uri'

# Provider classes begin by loading OpenNebula's paths, which are not here.
$LOADED_FEATURES << 'load_opennebula_paths.rb'
RUBY_LIB_LOCATION = '/nonexistent' unless defined?(RUBY_LIB_LOCATION)

module OpenNebula
  module DriverLogger
    %w[info warning error debug].each do |severity|
      define_singleton_method("log_#{severity}") do |message|
        text = message.is_a?(Exception) ? "#{message.message} (#{message.class})" : message.to_s
        text.lines.each { |line| warn "#{severity.upcase}: #{File.basename($PROGRAM_NAME)}: #{line.chomp}" }
      end
    end

    def self.log(message)
      log_info(message)
    end

    # Lines without severity reach the user, as the VM's ERROR.
    def self.report(message)
      warn message
    end
  end

  # An object of oned, read by XPath below its root.
  class Host
    def self.read(id)
      new(XmlRpc.call('one.host.info', id.to_i, true))
    end

    def initialize(xml)
      @root = REXML::Document.new(xml).root
    end

    def [](path)
      @root.elements[path.sub(%r{\A/HOST/}, '')]&.text
    end

    def has_elements?(path)
      !@root.elements[path].nil?
    end

    def id
      self['ID'].to_i
    end

    def name
      self['NAME']
    end
  end
end

module Session
  def self.user_and_password
    return ENV.values_at('ONEFORM_USER', 'ONEFORM_PASSWORD') if ENV['ONEFORM_USER']

    File.read(ENV.fetch('ONE_AUTH')).strip.split(':', 2)
  end
end

# Just enough XML-RPC to read one object.
module XmlRpc
  def self.call(method, *parameters)
    body = document(method, [Session.user_and_password.join(':'), *parameters])
    answer = Net::HTTP.post(URI(ENV.fetch('ONE_XMLRPC')), body, 'Content-Type' => 'text/xml')
    values = REXML::XPath.match(REXML::Document.new(answer.body), '//data/value/*').map(&:text)
    raise values[1].to_s unless values[0] == '1'

    values[1]
  end

  def self.document(method, parameters)
    params = parameters.map { |one| "<param><value>#{typed(one)}</value></param>" }.join
    "<methodCall><methodName>#{method}</methodName><params>#{params}</params></methodCall>"
  end

  def self.typed(value)
    case value
    when Integer then "<i4>#{value}</i4>"
    when true, false then "<boolean>#{value ? 1 : 0}</boolean>"
    else "<string>#{REXML::Text.normalize(value.to_s)}</string>"
    end
  end
end

module OneForm
  class Client
    def get_provision(id)
      get("provisions/#{id}")
    end

    def get_provider(id, options = {})
      get("providers/#{id}", options)
    end

    def get_provider_location(id)
      get("providers/#{id}/path")
    end

    private

    def get(path, parameters = {})
      uri = URI("#{ENV.fetch('ONEFORM_URL').chomp('/')}/api/v1/#{path}")
      uri.query = URI.encode_www_form(parameters) unless parameters.empty?
      answer = Net::HTTP.start(uri.host, uri.port) { |http| http.request(request(uri)) }
      json = parsed(answer.body)
      return json.fetch(:DOCUMENT, json) if answer.is_a?(Net::HTTPSuccess)

      raise "OneForm Error (#{json[:err_code] || 'UNKNOWN'}): #{json[:message] || 'No message provided'}"
    end

    def request(uri)
      get = Net::HTTP::Get.new(uri, 'Content-Type' => 'application/json', 'Accept' => 'application/json')
      get.basic_auth(*Session.user_and_password)
      get
    end

    def parsed(body)
      JSON.parse(body.to_s.strip.empty? ? '{}' : body, :symbolize_names => true)
    rescue JSON::ParserError
      raise "OneForm Error: #{body.inspect}"
    end
  end
end

# The commands a driver collects before it runs them on the host.
class Commands < Array
  def add(command, *arguments)
    self << "sudo -n #{command} #{arguments.join(' ')}"
  end

  def run_remote(hostname)
    each { |command| puts "#{hostname} #{command}" }
    clear
  end
end

# The VM of a driver message.
class VirtualMachine
  attr_reader :vm_root, :deploy_id, :nics

  def initialize(xml, deploy_id)
    @vm_root = REXML::Document.new(xml).root
    @deploy_id = deploy_id
    @nics = @vm_root.elements.to_a("TEMPLATE/NIC[VN_MAD='elastic']").map { |nic| hash_of(nic) }
    @aliases = @vm_root.elements.to_a('TEMPLATE/NIC_ALIAS').map { |nic| hash_of(nic) }
  end

  def [](path)
    @vm_root.elements[path]&.text
  end

  def each_nic(&)
    @nics.each(&)
  end

  def each_nic_all(&)
    (@nics + @aliases).each(&)
  end

  private

  def hash_of(nic)
    nic.elements.to_h { |element| [element.name.downcase.to_sym, element.text] }
  end
end

# What every provider's class derives from.
class GenericProvider
  def initialize(provider, host)
    @provider = provider
    @host = host
    @resource_id = host['TEMPLATE/ONEFORM/RESOURCE_ID']
    @connection = provider[:connection]
  end

  def assign(_ip, _external, _opts = {})
    raise NotImplementedError
  end

  def unassign(_ip, _external, _opts = {})
    raise NotImplementedError
  end
end

class ElasticDriver
  attr_reader :vm

  def initialize(xml, hostname, deploy_id = nil)
    @vm = VirtualMachine.new(xml, deploy_id)
    @hostname = hostname
    @assigned = []
    @unassigned = []
    @host = OpenNebula::Host.read(@vm['/VM/HISTORY_RECORDS/HISTORY/HID'])
    @provider = ENV['ELASTIC_PATH'] ? { :driver => 'lab', :path => ENV['ELASTIC_PATH'] } : read_provider
  end

  def hot_attach?
    @vm['TEMPLATE/NIC[ATTACH="YES"]/NIC_ID'] || @vm['TEMPLATE/NIC_ALIAS[ATTACH="YES"]/NIC_ID']
  end

  # True on failure.
  def assign
    provider = load_provider
    return true if provider.nil?

    failed = own_nics.any? do |nic|
      refused = provider.assign(nic[:ip], nic[:external_ip], { :alloc_id => nil }) != 0
      @assigned << pair(nic) unless refused
      refused
    end
    roll_back(provider) if failed
    failed
  end

  def unassign
    provider = load_provider
    return if provider.nil?

    own_nics.each do |nic|
      provider.unassign(nic[:ip], nic[:external_ip], { :vultr_id => nil })
      @unassigned << pair(nic)
    end
  end

  def activate
    on_host(@assigned, :activate) do |commands, nic|
      commands.add :ip, "route add #{nic[:ip]}/32 dev #{nic[:bridge]} ||:"
      commands.add :ip, "neighbour add proxy #{nic[:gateway]} dev #{nic[:bridge]}"
    end
  end

  def deactivate
    on_host(@unassigned, :deactivate) do |commands, nic|
      commands.add :ip, "route del #{nic[:ip]}/32 dev #{nic[:bridge]} | true"
      commands.add :ip, "neighbour del proxy #{nic[:gateway]} dev #{nic[:bridge]} | true"
    end
  end

  # The security group rules of a VM that is not on this host find no port, and iptables refuses.
  def remote_post
    return if @vm['HISTORY_RECORDS/HISTORY/HOSTNAME'] == @hostname

    raise "iptables v1.8.9 (nf_tables): Bad argument `#{@vm['ID']}'"
  end

  private

  def read_provider
    provision_id = @host['TEMPLATE/ONEFORM/PROVISION_ID']
    unless provision_id
      OpenNebula::DriverLogger.log_error("No Provision ID found for host #{@host.id}")
      exit 1
    end
    client = OneForm::Client.new
    provider_id = client.get_provision(provision_id)[:TEMPLATE][:PROVISION_BODY][:provider_id]
    provider = client.get_provider(provider_id, :include_sensitive => true)[:TEMPLATE][:PROVIDER_BODY]
    provider.merge(:path => client.get_provider_location(provider_id)[:path])
  end

  def load_provider
    directory = File.join(@provider[:path], 'elastic')
    return complain("No elastic provider directory found in #{directory}") unless Dir.exist?(directory)

    Dir.glob(File.join(directory, '*.rb')).each { |file| require file }
    classes = ObjectSpace.each_object(Class).select { |one| one < GenericProvider && one.name }
    return complain("#{classes.size} subclasses of GenericProvider in #{directory}") if classes.size != 1

    classes.first.new(@provider, @host)
  rescue StandardError, LoadError => e
    complain("Error initializing provider: #{e.message}")
  end

  def complain(text)
    OpenNebula::DriverLogger.log_error(text)
    nil
  end

  def own_nics
    nics = @vm.each_nic_all.select { |nic| nic[:vn_mad] == 'elastic' }
    hot_attach? ? nics.select { |nic| nic[:attach].to_s.casecmp?('YES') } : nics
  end

  def pair(nic)
    [nic[:ip], nic[:external_ip]]
  end

  def roll_back(provider)
    @assigned.each { |ip, external| provider.unassign(ip, external) }
    @assigned = []
  end

  def on_host(addresses, hook)
    return 0 if addresses.empty?

    provider = load_provider
    commands = Commands.new
    @vm.each_nic_all do |nic|
      next unless addresses.include?(pair(nic))

      yield commands, nic
      provider.public_send(hook, commands, nic) if provider.respond_to?(hook)
    end
    commands.run_remote(@hostname)
    0
  end
end

# The two actions that run on the front-end.
module ElasticAction
  def self.post(argv, message)
    deploy_id, hostname = argv
    driver = ElasticDriver.new(Base64.decode64(message), hostname, deploy_id)
    exit 1 if driver.assign
    begin
      driver.remote_post
      driver.activate
    rescue StandardError
      driver.unassign
      raise
    end
  rescue StandardError => e
    OpenNebula::DriverLogger.log_error(e)
    exit 1
  end

  def self.clean(argv, message)
    driver = ElasticDriver.new(Base64.decode64(message), argv.first)
    driver.unassign
    driver.deactivate
  rescue StandardError => e
    OpenNebula::DriverLogger.log_error(e)
    exit 1
  end
end
