# A stand-in for the part of Homebrew's formula DSL that says what is downloaded, written from
# docs.brew.sh ("Formula Cookbook", rubydoc.brew.sh/Formula). Usage: ruby homebrew-dsl.rb <file> <os> <cpu>
# Prints as JSON what `brew fetch` would take on that platform. Like Homebrew it refuses a file without the
# class its name asks for, what is no part of the DSL, and a download without a checksum.
require "json"

FILE, SYSTEM, PROCESSOR = ARGV

module OS
  def self.mac? = SYSTEM == "macos"
  def self.linux? = SYSTEM == "linux"
end

module Hardware
  class CPU
    def self.arm? = PROCESSOR == "arm"
    def self.intel? = PROCESSOR == "intel"
  end
end

class Formula
  class << self
    attr_reader :facts

    def inherited(formula)
      formula.instance_variable_set(:@facts, { mirrors: [] })
      super
    end

    %i[desc homepage version url sha256].each do |name|
      define_method(name) do |value|
        raise TypeError, "#{name}: expected a String, got #{value.inspect}" unless value.is_a?(String)
        facts[name] = value
      end
    end

    def mirror(value) = facts[:mirrors] << value
    def license(value) = facts[:license] = value
    def keg_only(reason) = facts[:keg_only] = reason
    def on_macos = (yield if OS.mac?)
    def on_linux = (yield if OS.linux?)
    def on_arm = (yield if Hardware::CPU.arm?)
    def on_intel = (yield if Hardware::CPU.intel?)
  end
end

# Formulary.class_s
name = File.basename(FILE, ".rb").capitalize
name.gsub!(/[-_.\s]([a-zA-Z0-9])/) { Regexp.last_match(1).upcase }
name.tr!("+", "x")
name.sub!(/(.)@(\d)/, '\1AT\2')

load FILE
facts = Object.const_get(name).facts
raise "formulae require at least a URL" unless facts[:url]
raise "SHA256 missing" unless facts[:sha256]&.match?(/\A[0-9a-f]{64}\z/)
puts JSON.generate(facts)
