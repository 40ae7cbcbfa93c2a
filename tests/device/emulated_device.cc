#include "tests/device/emulated_device.h"

#include <algorithm>
#include <list>

#include "tests/device/decoder.h"

namespace spikefab::test {

namespace {

using ptx::Memory;
using sim::cuda::Address;
using sim::cuda::Launch;

constexpr u64 alignment = 256;
// Addresses are not used twice, so that a use after free is found: there are more than memory.
constexpr u64 addresses_per_byte = 64;
// Of compute capability 9.0 (CUDA programming guide, technical specifications).
constexpr u32 shared_bytes_per_multiprocessor = 228 << 10;
constexpr u32 reserved_shared_bytes = 1 << 10;  // of each block
constexpr u32 threads_per_multiprocessor = 2048;
constexpr u32 threads_per_block = 1024;

// What decoding a text gave, and the variables that it placed.
struct DecodedModule {
  std::string text;
  u64 first_offset;  // where the next variable would have been placed before
  std::vector<std::pair<u64, std::vector<u8>>> variables = {};  // offset, value
  std::vector<std::shared_ptr<const ptx::Program>> programs = {};
};

// Tests make many devices with the same kernels: the last few modules are kept.
class ModuleCache {
 public:
  // Calls decode(module) for a module that is not known with these two.
  template <class Decode>
  const DecodedModule& find(std::span<const char> text, u64 first_offset, Decode&& decode) {
    const auto found = std::find_if(modules_.begin(), modules_.end(), [&](const auto& module) {
      return module.first_offset == first_offset && std::ranges::equal(module.text, text);
    });
    if (found != modules_.end()) {
      modules_.splice(modules_.begin(), modules_, found);
      return modules_.front();
    }
    DecodedModule module{.text = {text.begin(), text.end()}, .first_offset = first_offset};
    decode(module);
    modules_.push_front(std::move(module));
    if (modules_.size() > most_modules) modules_.pop_back();
    return modules_.front();
  }

 private:
  static constexpr u64 most_modules = 16;
  std::list<DecodedModule> modules_;  // the last used one first
};

ModuleCache& module_cache() {
  static ModuleCache cache;
  return cache;
}

std::string mebibytes(u64 bytes) { return std::to_string((bytes >> 20) + 1) + " MiB"; }

}  // namespace

EmulatedDevice::EmulatedDevice(EmulatedDeviceOptions options)
    : options_(options),
      memory_(options.memory_bytes * addresses_per_byte),
      next_offset_(alignment) {}

sim::cuda::DeviceInfo EmulatedDevice::info() const {
  return {.name = "emulated device",
          .compute_capability = 90,
          .multiprocessors = options_.multiprocessors,
          .shared_bytes_per_block = options_.shared_bytes_per_block};
}

u64 EmulatedDevice::free_bytes() const { return options_.memory_bytes - used_bytes_; }

// Between allocations are addresses that are in none.
u64 EmulatedDevice::reserve(u64 bytes) {
  const u64 offset = next_offset_;
  const u64 padded = divide_up(bytes, alignment) * alignment;
  if (padded > memory_.size() || offset > memory_.size() - padded - alignment) {
    throw ResourceError("the emulated device has no addresses left");
  }
  next_offset_ = offset + padded + alignment;
  return offset;
}

Address EmulatedDevice::allocate(u64 bytes) {
  if (bytes > free_bytes()) {
    throw ResourceError("the emulated device has too little memory: need " + mebibytes(bytes) +
                        ", have " + mebibytes(free_bytes()));
  }
  const u64 offset = reserve(bytes);
  memory_.poison_and_mark(offset, bytes,
                          options_.checks_unwritten ? Memory::unwritten : Memory::written);
  allocations_[offset] = bytes;
  used_bytes_ += bytes;
  return ptx::global_window + offset;
}

void EmulatedDevice::free(Address address) {
  const auto found = allocations_.find(address - ptx::global_window);
  if (found == allocations_.end()) {
    throw ptx::DeviceError("free of an address that was not allocated");
  }
  memory_.give_back(found->first, found->second);
  used_bytes_ -= found->second;
  allocations_.erase(found);
}

u64 EmulatedDevice::offset_of(Address address, u64 bytes, const char* what) const {
  const u64 offset = address - ptx::global_window;
  if (bytes > 0 && !memory_.allocated(offset, bytes)) {
    throw ptx::DeviceError(std::string(what) + " of " + std::to_string(bytes) +
                           " bytes is not inside an allocation");
  }
  return offset;
}

void EmulatedDevice::upload(Address to, const void* from, u64 bytes) {
  const u64 offset = offset_of(to, bytes, "upload");
  if (bytes == 0) return;
  std::memcpy(memory_.at(offset), from, bytes);
  memory_.mark(offset, bytes, Memory::written);
}

void EmulatedDevice::download(void* to, Address from, u64 bytes) {
  const u64 offset = offset_of(from, bytes, "download");
  if (bytes > 0) std::memcpy(to, memory_.at(offset), bytes);
}

void EmulatedDevice::copy(Address to, Address from, u64 bytes) {
  const u64 target = offset_of(to, bytes, "copy");
  const u64 source = offset_of(from, bytes, "copy");
  if (bytes == 0) return;
  std::memmove(memory_.at(target), memory_.at(source), bytes);
  memory_.copy_states(target, source, bytes);
}

void EmulatedDevice::fill(Address to, u8 value, u64 bytes) {
  const u64 offset = offset_of(to, bytes, "fill");
  if (bytes == 0) return;
  std::memset(memory_.at(offset), value, bytes);
  memory_.mark(offset, bytes, Memory::written);
}

void EmulatedDevice::load(std::span<const char> ptx) {
  const u64 first_offset = next_offset_;
  const auto decode = [this](DecodedModule& module) {
    const auto place = [&](const std::vector<u8>& value) {
      module.variables.emplace_back(reserve(value.size()), value);
      return ptx::global_window + module.variables.back().first;
    };
    for (auto& program : ptx::decode_module(module.text, place)) {
      module.programs.push_back(std::make_shared<const ptx::Program>(std::move(program)));
    }
  };
  const DecodedModule& module = module_cache().find(ptx, first_offset, decode);
  next_offset_ = first_offset;
  for (const auto& [offset, value] : module.variables) {
    reserve(value.size());
    std::copy(value.begin(), value.end(), memory_.at(offset));
    memory_.mark(offset, value.size(), Memory::written);
  }
  for (const auto& program : module.programs) {
    Kernel& kernel = kernels_[program->name];
    kernel.counts.assign(program->code.size(), {});
    kernel.program = program;
  }
}

const EmulatedDevice::Kernel& EmulatedDevice::kernel(const std::string& name) const {
  const auto found = kernels_.find(name);
  if (found == kernels_.end()) throw ptx::DeviceError("no kernel " + name + " was loaded");
  return found->second;
}

u32 EmulatedDevice::resident_blocks(const Launch& launch) { return blocks_of(launch); }

u32 EmulatedDevice::blocks_of(const Launch& launch) const {
  const u64 shared = kernel(launch.kernel).program->shared_bytes + u64{launch.shared_bytes};
  if (launch.block > threads_per_block || shared > options_.shared_bytes_per_block) return 0;
  const u64 by_shared = shared_bytes_per_multiprocessor / (shared + reserved_shared_bytes);
  const u64 by_threads = threads_per_multiprocessor / std::max(launch.block, 1u);
  const u64 each = std::min<u64>({by_shared, by_threads, options_.blocks_per_multiprocessor});
  return static_cast<u32>(each * options_.multiprocessors);
}

void EmulatedDevice::check(const Kernel& kernel, const Launch& launch, u64 argument_bytes) const {
  const auto refuse = [&](const std::string& what) {
    throw ptx::DeviceError("launch of " + launch.kernel + ": " + what);
  };
  if (argument_bytes != kernel.program->param_bytes) {
    refuse("the arguments have " + std::to_string(argument_bytes) + " bytes, the kernel takes " +
           std::to_string(kernel.program->param_bytes));
  }
  constexpr u32 most_grid_y = 65535;
  if (launch.grid_y > most_grid_y) refuse("grid_y is above 65535");
  if (launch.grid_x == 0 || launch.grid_y == 0 || launch.block == 0) refuse("no threads");
  const u64 blocks = u64{launch.grid_x} * launch.grid_y;
  const u32 resident = blocks_of(launch);
  if (resident == 0) refuse("a block has too many threads or too much shared memory");
  if (launch.cooperative && blocks > resident) {
    refuse("cooperative, with " + std::to_string(blocks) + " blocks; at most " +
           std::to_string(resident) + " run at the same time");
  }
}

void EmulatedDevice::launch(const Launch& launch, const void* arguments, u64 bytes) {
  check(kernel(launch.kernel), launch, bytes);
  Kernel& kernel = kernels_.at(launch.kernel);
  Memory params(bytes, Memory::written);
  if (bytes > 0) std::memcpy(params.at(0), arguments, bytes);
  ptx::Grid grid(*kernel.program,
                 {.x = launch.grid_x,
                  .y = launch.grid_y,
                  .block = launch.block,
                  .shared_bytes = launch.shared_bytes},
                 {.schedule = options_.schedule,
                  .seed = options_.seed + kernel.launches,
                  .step_limit = options_.step_limit,
                  .resident_blocks = blocks_of(launch),
                  .multiprocessors = options_.multiprocessors,
                  .checks_unwritten = options_.checks_unwritten,
                  .checks_races = options_.checks_races},
                 memory_, params, kernel.counts.data());
  ++kernel.launches;
  grid.run();
}

std::vector<std::string> EmulatedDevice::kernels() const {
  std::vector<std::string> names;
  for (const auto& [name, kernel] : kernels_) names.push_back(name);
  return names;
}

u64 EmulatedDevice::argument_bytes(const std::string& name) const {
  return kernel(name).program->param_bytes;
}

ExecutionCounts EmulatedDevice::counts(const std::string& name) const {
  const Kernel& of = kernel(name);
  ExecutionCounts result{.launches = of.launches};
  for (u64 pc = 0; pc < of.counts.size(); ++pc) {
    const auto& instruction = of.program->code[pc];
    if (instruction.is_spin) continue;
    result.warp_instructions += of.counts[pc].warps;
    result.thread_instructions += of.counts[pc].threads;
    result.by_cost[static_cast<u64>(instruction.cost)] += of.counts[pc].threads;
  }
  return result;
}

std::vector<LineCount> EmulatedDevice::profile(const std::string& name) const {
  const Kernel& of = kernel(name);
  std::map<u32, u64> threads;  // of each line
  for (u64 pc = 0; pc < of.counts.size(); ++pc) {
    threads[of.program->code[pc].line] += of.counts[pc].threads;
  }
  std::vector<LineCount> result;
  for (const auto& [line, count] : threads) {
    if (count > 0) result.push_back({line, of.program->text(line), count});
  }
  return result;
}

void EmulatedDevice::reset_counts() {
  for (auto& [name, kernel] : kernels_) {
    kernel.counts.assign(kernel.counts.size(), {});
    kernel.launches = 0;
  }
}

}  // namespace spikefab::test
