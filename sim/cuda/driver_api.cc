#include "sim/cuda/driver_api.h"

#include <dlfcn.h>

#include <cstdlib>

#include "base/error.h"
#include "base/suggest.h"

namespace spikefab::sim::cuda {
namespace {

constexpr const char* library = "libcuda.so.1";

// Fills the table; returns the name of the first function that the library lacks, or "".
std::string look_up(void* handle, DriverApi& api) {
#define SPIKEFAB_TEXT(name) #name
#define SPIKEFAB_SYMBOL(name) SPIKEFAB_TEXT(name)
#define SPIKEFAB_LOOK_UP(name)                                                           \
  api.name = reinterpret_cast<decltype(api.name)>(dlsym(handle, SPIKEFAB_SYMBOL(name))); \
  if (api.name == nullptr) return SPIKEFAB_SYMBOL(name);
  SPIKEFAB_DRIVER_FUNCTIONS(SPIKEFAB_LOOK_UP)
  return "";
}

std::string visible_devices_note() {
  const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
  return visible == nullptr
             ? ""
             : std::string(" (CUDA_VISIBLE_DEVICES is '") + printable(visible) + "')";
}

FoundDriver find() {
  FoundDriver found;
  void* const handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);  // stays open
  if (handle == nullptr) {
    found.why_not = std::string("no NVIDIA driver (") + library + " is not installed)";
    return found;
  }
  DriverApi api;
  if (const std::string missing = look_up(handle, api); !missing.empty()) {
    found.why_not =
        std::string("the NVIDIA driver is too old (") + library + " has no " + missing + ")";
    return found;
  }
  CUresult result = api.cuInit(0);
  if (result == CUDA_SUCCESS) result = api.cuDeviceGetCount(&found.devices);
  if (result == CUDA_ERROR_NO_DEVICE || (result == CUDA_SUCCESS && found.devices == 0)) {
    found.why_not = "the NVIDIA driver finds no GPU" + visible_devices_note();
    return found;
  }
  try {
    api.check(result, "the NVIDIA driver does not start");
    found.api = api;
  } catch (const ResourceError& error) {
    found.why_not = error.what() + visible_devices_note();
  }
  return found;
}

}  // namespace

void DriverApi::check(CUresult result, const std::string& what) const {
  if (result == CUDA_SUCCESS) return;
  const char* name = nullptr;
  const char* text = nullptr;
  cuGetErrorName(result, &name);
  cuGetErrorString(result, &text);
  throw ResourceError(what + ": " + (name == nullptr ? "unknown error" : name) +
                      (text == nullptr ? "" : std::string(", ") + text));
}

const FoundDriver& find_driver() {
  static const FoundDriver found = find();
  return found;
}

}  // namespace spikefab::sim::cuda
