// Drop-in implementations of an interface, found by name. A file registers its class with
// SPIKEFAB_REGISTER(Engine, "serial", Serial, "one thread; the reference"); nothing else changes.
// Files with registrations belong in OBJECT libraries, or the linker drops them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/suggest.h"

namespace spikefab {

template <class Interface>
class Registry {
 public:
  struct Entry {
    std::function<std::unique_ptr<Interface>()> make;
    std::string help;
  };

  static bool add(const std::string& name, Entry entry) {
    return entries().emplace(name, std::move(entry)).second;
  }

  // Throws UsageError if there is no such name, listing those that there are.
  static std::unique_ptr<Interface> make(const std::string& name) {
    const auto found = entries().find(name);
    if (found == entries().end()) {
      throw UsageError("no " + std::string(Interface::kind) + " '" + name + "' in this build",
                       "have: " + join(names(), ", ") + did_you_mean(name, names()));
    }
    return found->second.make();
  }

  static std::vector<std::string> names() {
    std::vector<std::string> out;
    for (const auto& [name, entry] : entries()) out.push_back(name);
    return out;
  }

  static const std::map<std::string, Entry>& all() { return entries(); }

 private:
  static std::map<std::string, Entry>& entries() {
    static std::map<std::string, Entry> map;
    return map;
  }
};

#define SPIKEFAB_REGISTER(Interface, name, Class, help) \
  [[maybe_unused]] const bool registered_##Class =      \
      Registry<Interface>::add(name, {[] { return std::unique_ptr<Interface>(new Class); }, help})

}  // namespace spikefab
